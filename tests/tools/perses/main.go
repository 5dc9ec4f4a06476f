// Command perses-types decodes resources of Perses with Perses' own types and those of its plugins, and fails on whatever
// these types do not keep: Perses would leave it out, or refuse it. It takes files, and folders of files.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	v1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/common"
	"github.com/perses/perses/pkg/model/api/v1/dashboard"
	bar "github.com/perses/plugins/barchart/sdk/go"
	gauge "github.com/perses/plugins/gaugechart/sdk/go"
	prometheus "github.com/perses/plugins/prometheus/sdk/go/datasource"
	query "github.com/perses/plugins/prometheus/sdk/go/query"
	labelvalues "github.com/perses/plugins/prometheus/sdk/go/variable/label-values"
	stat "github.com/perses/plugins/statchart/sdk/go"
	timeseries "github.com/perses/plugins/timeserieschart/sdk/go"
)

// What a plugin's options are decoded as, by its kind.
var plugins = map[string]func() any{
	bar.PluginKind:         func() any { return &bar.PluginSpec{} },
	gauge.PluginKind:       func() any { return &gauge.PluginSpec{} },
	stat.PluginKind:        func() any { return &stat.PluginSpec{} },
	timeseries.PluginKind:  func() any { return &timeseries.PluginSpec{} },
	prometheus.PluginKind:  func() any { return &prometheus.PluginSpec{} },
	query.PluginKind:       func() any { return &query.PluginSpec{} },
	labelvalues.PluginKind: func() any { return &labelvalues.PluginSpec{} },
	"HeatMapChart":         func() any { return &heatMap{} },
	"PieChart":             func() any { return &pie{} },
	"StatusHistoryChart":   func() any { return &statusHistory{} },
	"Table":                func() any { return &table{} },
}

func main() {
	var files []string
	for _, place := range os.Args[1:] {
		check(filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && filepath.Ext(path) == ".json" {
				files = append(files, path)
			}
			return err
		}))
	}
	if len(files) == 0 {
		check(errors.New("there are no files to be decoded"))
	}
	panels := 0
	var wrong []error
	for _, file := range files {
		found, err := decodeFile(file)
		panels += found
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", file, err))
		}
	}
	check(errors.Join(wrong...))
	fmt.Printf("%d files of Perses with %d panels are what its types keep\n", len(files), panels)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// decodeFile decodes a file of one resource, or of a list of them.
func decodeFile(file string) (panels int, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	resources := []json.RawMessage{text}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "[") {
		if err := json.Unmarshal(text, &resources); err != nil {
			return 0, err
		}
	}
	var wrong []error
	for _, resource := range resources {
		found, err := decode(resource)
		panels += found
		wrong = append(wrong, err)
	}
	return panels, errors.Join(wrong...)
}

func decode(text []byte) (panels int, err error) {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return 0, err
	}
	switch head.Kind {
	case "Project":
		return 0, keeps(text, &v1.Project{}, "project")
	case "Datasource":
		var datasource v1.Datasource
		err := keeps(text, &datasource, "data source")
		return 0, errors.Join(err, plugin(datasource.Spec.Plugin, "data source"))
	case "Dashboard":
		var board v1.Dashboard
		wrong := []error{keeps(text, &board, "dashboard")}
		for _, variable := range board.Spec.Variables {
			if list, is := variable.Spec.(*dashboard.ListVariableSpec); is {
				wrong = append(wrong, plugin(list.Plugin, "variable "+list.Name))
			}
		}
		for name, panel := range board.Spec.Panels {
			wrong = append(wrong, plugin(panel.Spec.Plugin, "panel "+name))
			for _, query := range panel.Spec.Queries {
				wrong = append(wrong, plugin(query.Spec.Plugin, "query of panel "+name))
			}
		}
		return len(board.Spec.Panels), errors.Join(wrong...)
	default:
		return 0, fmt.Errorf("%q is no kind that is generated", head.Kind)
	}
}

func plugin(plugin common.Plugin, place string) error {
	options, known := plugins[plugin.Kind]
	if !known {
		return fmt.Errorf("%s: nothing is known of the plugin %q", place, plugin.Kind)
	}
	text, err := json.Marshal(plugin.Spec)
	if err != nil {
		return err
	}
	return keeps(bytes.ReplaceAll(text, dollars, euros), options(), place+": "+plugin.Kind)
}

// The types of 0.53 have US dollars among their units, and forget them when they check one. The schemas take them.
var dollars, euros = []byte(`"unit":"usd"`), []byte(`"unit":"eur"`)

// keeps decodes the text into a value of that type, and fails on what the value does not have when it is written again.
// Types that decode themselves do not pass strictness on, so this is asked of the result.
func keeps(text []byte, into any, place string) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	again, err := json.Marshal(into)
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	var given, kept any
	if err := errors.Join(json.Unmarshal(text, &given), json.Unmarshal(again, &kept)); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	if lost := lost(given, kept, ""); len(lost) > 0 {
		slices.Sort(lost)
		return fmt.Errorf("%s: not kept: %s", place, strings.Join(lost, ", "))
	}
	return nil
}

// lost are the paths of what is given and not kept. What is left out because it is zero, false or empty is kept.
func lost(given, kept any, path string) []string {
	switch given := given.(type) {
	case map[string]any:
		kept, _ := kept.(map[string]any)
		var paths []string
		for key, value := range given {
			paths = append(paths, lost(value, kept[key], path+"."+key)...)
		}
		return paths
	case []any:
		kept, _ := kept.([]any)
		var paths []string
		for i, value := range given {
			// A set has an order of its own.
			if text, is := value.(string); is && slices.Contains(kept, any(text)) {
				continue
			}
			var same any
			if i < len(kept) {
				same = kept[i]
			}
			paths = append(paths, lost(value, same, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return paths
	default:
		if given == nil || reflect.DeepEqual(given, kept) || kept == nil && reflect.ValueOf(given).IsZero() {
			return nil
		}
		return []string{path}
	}
}
