//! The masker with names and pieces of an application's own, and what names of services stay.

use std::borrow::Cow;
use std::time::Instant;

use telemetry_core::mask::{Masker, is_key_of_name, is_key_of_value, is_secret_name, text};

#[test]
fn names_of_ones_own_are_compared_as_those_that_are_known() {
    let masker = Masker::new(["employee_pin", "Blood-Group"], [""; 0]);
    for (said, expected) in [
        ("employeePin=4711", "employeePin=•"),
        ("{\"EMPLOYEE-PIN\": \"4711\"}", "{\"EMPLOYEE-PIN\": \"•\"}"),
        ("old.employee_pin: 4711, n: 1", "old.employee_pin: •, n: 1"),
        ("{\"name\":\"blood_group\",\"value\":\"AB\"}", "{\"name\":\"blood_group\",\"value\":\"•\"}"),
        ("https://x/?q=a%26bloodgroup%3DAB", "https://x/?q=a%26bloodgroup%3D•"),
        ("the employee pin is not set", "the employee pin is not set"),
        ("employee_pins=4711", "employee_pins=4711"),
    ] {
        assert_eq!(masker.text(said), expected.replace('•', "[redacted]"), "{said}");
    }
    assert!(masker.is_secret_name("employeePin") && !is_secret_name("employeePin"));
    assert_eq!((masker.field("blood group", "AB"), masker.field("group", "AB")), ("[redacted]".into(), "AB".into()));
    assert_eq!(masker.field("password", "x"), "[redacted]", "what is known stays known");
}

#[test]
fn a_word_with_a_piece_of_ones_own_goes_as_a_whole() {
    let masker = Masker::new([""; 0], ["acme_live_", "ключ-"]);
    for (said, expected) in [
        ("key acme_live_8f3k, and ACME_LIVE_9", "key •, and •"),
        ("https://x/?k=acme_live_8&page=2", "•&page=2"),
        ("(acme_live_1) {\"k\":\"acme_live_2\"}", "(•) {\"k\":\"•\"}"),
        ("acme_live_1acme_live_2 acme live", "• acme live"),
        ("ключ-мой и дом", "• и дом"),
        ("password=acme_live_1", "•"),
    ] {
        assert_eq!(masker.text(said), expected.replace('•', "[redacted]"), "{said}");
    }
}

#[test]
fn without_anything_of_ones_own_it_is_what_is_known() {
    let nothing = Masker::new(["", "_-"], [""]);
    for said in ["password=hunter2", "plain words", "sk-abcdefghijklmnop", "é"] {
        assert_eq!(nothing.text(said), text(said));
    }
    assert!(matches!(Masker::default().text("plain words, a UUID"), Cow::Borrowed(_)), "nothing is copied");
    assert_eq!(
        format!("{:?}", Masker::new(["pin"], ["acme"])),
        "Masker { adds: true }",
        "it does not show what it knows"
    );
}

#[test]
fn names_that_services_give_stay_and_keys_do_not() {
    for name in [
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "toolu_01A09q90qw90lq917835lq9Zz",
        "chatcmpl-9xYzAbCdEfGhIjKlMnOpQrStUvWx",
        "img_MDEyMzQ1Njc4OWFiY2RlZkdISktM",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "/srv/Projects/AbC/1234567890/x/y/z/abcdefg",
    ] {
        assert_eq!(text(name), name);
    }
    for key in [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.",
        "GOCSPX-abcdefghijklmnopqrstuvwx",
        "whsec_4eC39HqLyjWDarjtT1zdp7dc",
        "data:text/plain;base64,x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D",
        "msg_x8Kq2Lm9-Pz4Rt7Vw3Yb6Nc1D",
    ] {
        let masked = text(key);
        assert!(masked.contains("[redacted]"), "{masked}");
        assert!(!masked.contains("CYEXAMPLE") && !masked.contains("Vw3Yb6"), "{masked}");
    }
}

#[test]
fn keys_of_pairs_are_known() {
    for key in ["name", "Header", "headerName", "ENV"] {
        assert!(is_key_of_name(key), "{key}");
    }
    assert!(is_key_of_value("value") && is_key_of_value("val") && is_key_of_value("header_value"));
    assert!(!is_key_of_name("value") && !is_key_of_value("name"));
}

#[test]
fn pieces_take_time_in_proportion_to_the_text() {
    const GROWTH: usize = 64;
    let masker = Masker::new(["pin"], ["aa", "ab", "b"]);
    for piece in ["a", "ab", "a b", "b", "é", "a/", "pin=", "x8/"] {
        let short = piece.repeat(1_024 / piece.len());
        let long = short.repeat(GROWTH);
        let took = |text: &str| {
            let run = || {
                let begun = Instant::now();
                std::hint::black_box(masker.text(text));
                begun.elapsed()
            };
            (0..5).map(|_| run()).min().unwrap_or_default().as_secs_f64()
        };
        // A busy machine may stretch one of the two, but not each time.
        let growth = (0..3).map(|_| took(&long) / took(&short) / GROWTH as f64).fold(f64::INFINITY, f64::min);
        assert!(growth < 8.0, "{piece:?}: {growth:.1} times as long a byte");
    }
}

#[test]
fn an_escape_before_a_secret_hides_nothing_of_it() {
    for (said, expected) in [
        (r"first\nsk-abcdefghijklmnop", r"first\n•"),
        (r"\tghp_16C7e42F292c6912E7710c838347Ae178B4a\r\n", r"\t•\r\n"),
        (r"a\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n", r"a\n•\n"),
        (r"a\nBearer hunter2-of-mine", r"a\nBearer •"),
        ("\u{1b}[31msk-abcdefghijklmnop\u{1b}[0m", "\u{1b}[31m•\u{1b}[0m"),
        ("[1;32mAKIAIOSFODNN7EXAMPLE", "[1;32m•"),
        (r"C:\token=hunter2", r"C:\token=•"),
        (r"Authorization: Bearer hunter2\nx-api-key: hunter2\n", r"Authorization: Bearer •: •"),
        (r#""password=hunter2\r\ntoken=hunter3\r\n""#, r#""password=•""#),
        (r"C:\new\table\retry", r"C:\new\table\retry"),
    ] {
        assert_eq!(text(said), expected.replace('•', "[redacted]"), "{said}");
    }
}

#[test]
fn an_id_stays_unless_it_is_a_services_token() {
    let masker = Masker::new([""; 0], ["acme_live_"]);
    for id in ["x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D", "0af7651916cd43dd8448eb211c80319c", "sess_Zx9Qw3Er5Ty7Ui1Op2As4Df6", ""] {
        assert!(matches!(masker.id(id), Cow::Borrowed(_)), "{id}");
    }
    for id in ["sk-abcdefghijklmnop", "AKIAIOSFODNN7EXAMPLE", "acme_live_1", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI.dozjgNr"]
    {
        assert_eq!(masker.id(id), "[redacted]");
    }
    assert_eq!(masker.id("user password=hunter2"), "user password=[redacted]");
}
