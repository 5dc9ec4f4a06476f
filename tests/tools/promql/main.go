// Command promql prints the expressions of Prometheus's own tests as JSON, each with what Prometheus's parser makes of
// it: whether it takes it, with all that is experimental switched on, and how many selectors it finds. The checker of
// rules has to agree.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

type row struct {
	Input     string `json:"input"`
	Source    string `json:"source"`
	Error     string `json:"error,omitempty"`
	Selectors int    `json:"selectors"`
}

func main() {
	parser.EnableExperimentalFunctions = true
	parser.ExperimentalDurationExpr = true
	parser.EnableExtendedRangeSelectors = true
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	check(err)
	promql := filepath.Join(strings.TrimSpace(string(folder)), "promql")
	seen := map[string]bool{}
	var rows []row
	add := func(input, source string) {
		if seen[input] {
			return
		}
		seen[input] = true
		rows = append(rows, judged(input, filepath.Base(source)))
	}
	for _, name := range []string{"parse_test.go", "printer_test.go", "prettier_test.go"} {
		file := filepath.Join(promql, "parser", name)
		for _, input := range inputs(file) {
			add(input, file)
		}
	}
	scripts, err := filepath.Glob(filepath.Join(promql, "promqltest", "testdata", "*.test"))
	check(err)
	for _, file := range scripts {
		for _, input := range evaluated(file) {
			add(input, file)
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(rows))
}

func judged(input, source string) row {
	said := row{Input: input, Source: source}
	expr, err := parser.ParseExpr(input)
	if err != nil {
		said.Error = err.Error()
		return said
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if _, is := node.(*parser.VectorSelector); is {
			said.Selectors++
		}
		return nil
	})
	return said
}

// inputs are the texts that a table of tests calls `input` or `in`.
func inputs(file string) []string {
	tree, err := goparser.ParseFile(token.NewFileSet(), file, nil, 0)
	check(err)
	var found []string
	ast.Inspect(tree, func(node ast.Node) bool {
		pair, is := node.(*ast.KeyValueExpr)
		if !is {
			return true
		}
		if key, is := pair.Key.(*ast.Ident); is && (key.Name == "input" || key.Name == "in") {
			if text, is := constant(pair.Value); is {
				found = append(found, text)
			}
		}
		return true
	})
	return found
}

// constant is a text that is written as one or as a sum of several.
func constant(node ast.Expr) (string, bool) {
	switch node := node.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(node.Value)
		return text, err == nil && node.Kind == token.STRING
	case *ast.BinaryExpr:
		left, isLeft := constant(node.X)
		right, isRight := constant(node.Y)
		return left + right, isLeft && isRight && node.Op == token.ADD
	}
	return "", false
}

var evaluation = regexp.MustCompile(`^eval(?:_\w+)? (?:instant(?: at \S+)?|range from \S+ to \S+ step \S+) (.+)$`)

// evaluated are the expressions that a script of tests evaluates.
func evaluated(file string) []string {
	script, err := os.Open(file)
	check(err)
	defer script.Close()
	var found []string
	lines := bufio.NewScanner(script)
	for lines.Scan() {
		if match := evaluation.FindStringSubmatch(strings.TrimSpace(lines.Text())); match != nil {
			found = append(found, strings.TrimSpace(match[1]))
		}
	}
	check(lines.Err())
	return found
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
