//! Forms that secrets come in, each with the harmless neighbours that stay readable beside it.

use telemetry_core::mask::{Policy, REDACTED, text};

/// A text, and what is left of it, with `•` for what is masked.
type Row = (&'static str, &'static str);

#[track_caller]
pub(super) fn assert_masked(policy: Policy, rows: &[Row]) {
    for (row, expected) in rows {
        assert_eq!(policy.text(row), expected.replace('•', REDACTED), "{policy:?} of {row:?}");
    }
}

#[track_caller]
fn assert_readable(rows: &[&str]) {
    for row in rows {
        assert_eq!(text(row), *row);
    }
}

#[test]
fn what_an_object_names_beside_its_value_goes_in_either_order() {
    let known = [
        (r#"{"name":"api_key","value":"hunter2"}"#, r#"{"name":"api_key","value":"•"}"#),
        (r#"{"value":"hunter2","name":"api_key"}"#, r#"{"value":"•","name":"api_key"}"#),
        (r#"{"key": "password", "value": "hunter2"}"#, r#"{"key": "password", "value": "•"}"#),
        (r#"{"value": "hunter2", "key": "password"}"#, r#"{"value": "•", "key": "password"}"#),
        (r#"{"value":"a}b","type":{"of":1},"name":"token"}"#, r#"{"value":"•","type":{"of":1},"name":"token"}"#),
        (r#"{"name":"token","in":{"a":[]},"value":"x y"}"#, r#"{"name":"token","in":{"a":[]},"value":"•"}"#),
        (r#"{"value":"password=hunter2 and more","name":"token"}"#, r#"{"value":"•","name":"token"}"#),
        (
            r#"[{"name":"User","value":"app"},{"name":"Authorization","value":"Bearer abc"}]"#,
            r#"[{"name":"User","value":"app"},{"name":"Authorization","value":"Bearer •"}]"#,
        ),
        (
            r#"{"env":[{"value":"hunter2","name":"DB_PASSWORD"},{"value":"eu","name":"REGION"}]}"#,
            r#"{"env":[{"value":"•","name":"DB_PASSWORD"},{"value":"eu","name":"REGION"}]}"#,
        ),
        (
            r#"{"body":"{\"name\":\"token\",\"value\":\"hunter2\"}"}"#,
            r#"{"body":"{\"name\":\"token\",\"value\":\"•\"}"}"#,
        ),
        ("{'value': 'hunter2', 'name': 'api_key'}", "{'value': '•', 'name': 'api_key'}"),
        (r#"Header { name: "authorization", value: "hunter2" }"#, r#"Header { name: "authorization", value: "•" }"#),
        (
            "- name: DB_PASSWORD\n  value: hunter2\n- name: REGION\n  value: eu",
            "- name: DB_PASSWORD\n  value: •\n- name: REGION\n  value: eu",
        ),
        ("- value: hunter2\n  name: DB_PASSWORD", "- value: •\n  name: DB_PASSWORD"),
        (r#"<input name="password" value="hunter2">"#, r#"<input name="password" value="•">"#),
        ("name=token&value=hunter2&page=2", "name=token&value=•&page=2"),
        (r#"{"name":"token","value":["a","b"]}"#, r#"{"name":"token","value":[•]}"#),
    ];
    assert_masked(Policy::Known, &known);
    assert_readable(&[
        r#"{"name":"region","value":"eu-west-1"}"#,
        r#"{"value":"eu-west-1","name":"region"}"#,
        r#"{"name":"max_tokens","value":4096}"#,
        r#"{"name":"password","type":"string","required":true}"#,
        r#"{"name":"token","value":null}, {"value":"x","name":"y"}"#,
        r#"{"name":"password","value":""}"#,
        r#"{"parameter":{"name":"token"},"value":"x"}"#,
        r#"{"value":"x","of":{"name":"token"}}"#,
        r#"{"a":{"value":"x"},"b":{"name":"token"}}"#,
        "- name: DB_PASSWORD\n- value: eu",
        "the name: token, and the value: five",
        r#"{"key":"Enter","value":"x"}"#,
    ]);
}

#[test]
fn short_names_of_passwords_go_by_what_they_are_given() {
    let known = [
        ("user:app,password:hunter2", "user:app,password:•"),
        ("user:app,password:hunter2,host:db", "user:app,password:•,host:db"),
        ("password:hunter2,user:app", "password:•,user:app"),
        ("password=a,b,token=c", "password=•,token=•"),
        ("user: app, pass: hunter2", "user: app, pass: •"),
        ("user=app pass=hunter2", "user=app pass=•"),
        ("user: app, pass: letmein", "user: app, pass: •"),
        (r#"{"user":"app","pass":"letmein"}"#, r#"{"user":"app","pass":"•"}"#),
        ("DB_PASS=letmein", "DB_PASS=•"),
        ("smtpPass: letmein", "smtpPass: •"),
        ("dbpass=123456", "dbpass=•"),
        ("pass=123456", "pass=•"),
        ("login with pwd hunter2 failed", "login with pwd • failed"),
        ("pwd 'correct horse'", "pwd '•'"),
        ("pwd: hunter2", "pwd: •"),
        ("Server=db;Pwd=/hunter2;Uid=me", "Server=db;Pwd=•;Uid=me"),
        ("private_key: hunter2", "private_key: •"),
        ("private_key: |\n  MIIE\n  owIB\nname: x", "private_key: |\n  •\nname: x"),
        (
            "  ssh:\n    - private_key: >-\n        MIIE\n      name: x",
            "  ssh:\n    - private_key: >-\n        •\n      name: x",
        ),
        ("password rejected: hunter2", "password rejected: •"),
        ("password rejected: \"letmein\"", "password rejected: \"•\""),
        ("password was not accepted: hunter2 (3 tries)", "password was not accepted: • (3 tries)"),
        ("API key revoked: abc123xyz", "API key revoked: •"),
    ];
    assert_masked(Policy::Known, &known);
    assert_readable(&[
        "password policy: at least 12 characters",
        "password rejected: too short",
        "password rejected: 'too short'",
        "token rejected: invalid_grant",
        "token expired: 2026-01-01T00:00:00Z",
        "token expired: 3600s ago",
        "authorization failed: user-1234 is not allowed",
        "pass: 12 tests, fail: 0",
        "pass=12 fail=0",
        "pass: 3/10",
        "PASS: TestParse (0.00s)",
        "PASS: tests/it/mask.rs",
        "optimizer pass: inline",
        "two-pass: yes",
        "pass: inline the functions",
        "compass: north, bypass: none, trespass=no",
        "pwd /home/app",
        "pwd is where you are",
        "PWD=/home/app OLDPWD=~",
        "bash: pwd: command not found",
        "cd x && pwd -P",
        "token count: 512",
        "max_tokens: 4096",
        "private_key_path: /etc/ssl/key.pem",
        "password_reset: yes",
        r#"{"password":null,"token":false}"#,
    ]);
}

#[test]
fn passwords_in_connection_strings_go() {
    let known = [
        ("Server=db;User Id=app;Password=hunter2;Encrypt=True", "Server=db;User Id=app;Password=•;Encrypt=True"),
        ("Server=db;User Id=app;Password=hunter2;", "Server=db;User Id=app;Password=•;"),
        ("Data Source=db;Password=correct horse;Initial Catalog=x", "Data Source=db;Password=•;Initial Catalog=x"),
        ("Server=db;Password=\"a;b\"\"c\";Database=x", "Server=db;Password=\"•\";Database=x"),
        ("Server=db;Password='it''s';Database=x", "Server=db;Password='•';Database=x"),
        ("Driver={ODBC Driver 17};Pwd={a;b}}c};Uid=me", "Driver={ODBC Driver 17};Pwd={•};Uid=me"),
        ("AccountName=x;AccountKey=abc==;EndpointSuffix=core", "AccountName=x;AccountKey=•;EndpointSuffix=core"),
        ("host=db user=app password='it\\'s here' dbname=x", "host=db user=app password='•' dbname=x"),
        ("host=db password = hunter2 dbname=x", "host=db password = • dbname=x"),
        (
            "jdbc:postgresql://db/x?user=app&password=hunter2&ssl=true",
            "jdbc:postgresql://db/x?user=app&password=•&ssl=true",
        ),
        (
            "jdbc:sqlserver://db:1433;user=sa;password=p@ss/w;encrypt=true",
            "jdbc:sqlserver://db:1433;user=sa;password=•;encrypt=true",
        ),
        ("jdbc:oracle:thin:app/hunter2@//db:1521/x", "jdbc:oracle:thin:app/•@//db:1521/x"),
        ("sqlplus app/p@ss@db", "sqlplus app/•@db"),
        ("jdbc:mysql://address=(host=db)(password=hunter2)/x", "jdbc:mysql://address=(host=db)(password=•)/x"),
        ("amqp://app:hunter2@mq:5672/%2f", "amqp://app:•@mq:5672/%2f"),
        ("redis://:p@ss/w@rd@cache:6379/0", "redis://:•@cache:6379/0"),
        ("rediss://default:hunter2@cache", "rediss://default:•@cache"),
        ("mongodb://me:p@ss/w?rd@h1,h2/x?replicaSet=r", "mongodb://me:•@h1,h2/x?replicaSet=r"),
        ("postgres://me:p%40ss%2Fw@db/x", "postgres://me:•@db/x"),
        ("url=postgres%3A%2F%2Fme%3Ahunter2%40db%2Fx&page=2", "url=postgres%3A%2F%2Fme%3A•%40db%2Fx&page=2"),
        ("next=%2Flogin%3Fpassword%3Dhunter2%26page%3D2", "next=%2Flogin%3Fpassword%3D•%26page%3D2"),
        ("https://me:hunter2@registry/@scope/package", "https://me:•@registry/@scope/package"),
    ];
    assert_masked(Policy::Known, &known);
    assert_readable(&[
        "Server=db;User Id=app;Encrypt=True",
        "jdbc:sqlserver://db:1433;databaseName=x;encrypt=true",
        "jdbc:oracle:thin:@//db:1521/x",
        "postgres://db:5432/x?options=a@b",
        "https://registry/@scope/package",
        "kafka://broker:9092/topic",
        "next=%2Flist%3Fpage%3D2%26size%3D10",
        "amqp://mq:5672/%2f and bob@example.com",
    ]);
}

#[test]
fn secrets_in_texts_within_texts_go() {
    let known = [
        (r#"{"body":"{\"password\":\"hunter2\",\"n\":1}"}"#, r#"{"body":"{\"password\":\"•\",\"n\":1}"}"#),
        (r#"{\"password\":\"a\\\"b\",\"n\":1}"#, r#"{\"password\":\"•\",\"n\":1}"#),
        (r#"{\"password\":\"ends with \\\\\",\"n\":1}"#, r#"{\"password\":\"•\",\"n\":1}"#),
        (r#"{\\\"password\\\":\\\"a\\\\\\\"b\\\",\\\"n\\\":1}"#, r#"{\\\"password\\\":\\\"•\\\",\\\"n\\\":1}"#),
        (r#"{"password":"ends with \\","n":1}"#, r#"{"password":"•","n":1}"#),
        ("sh -c \"login --password 'hunter2' now\"", "sh -c \"login --password '•' now\""),
        (r"login --password='it'\''s' now", r"login --password='•' now"),
        (r#"sh -c "PASSWORD=\"hun ter\" run""#, r#"sh -c "PASSWORD=\"•\" run""#),
        ("password=\"'hun ter'\" x", "password=\"•\" x"),
        (r#"1,"{""password"":""hun ter"",""n"":1}""#, r#"1,"{""password"":""•"",""n"":1}""#),
    ];
    assert_masked(Policy::Known, &known);
    assert_readable(&[
        r#"{"body":"{\"n\":1,\"user\":\"app\"}"}"#,
        r#"password="" user="app""#,
        "it's a 'token' of theirs",
    ]);
}
