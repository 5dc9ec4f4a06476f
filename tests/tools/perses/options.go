package main

import "github.com/perses/perses/go-sdk/common"

// The options of plugins whose modules cannot be had, as far as we use them, by the schemas of Perses 0.53: HeatMapChart
// 0.4.1, PieChart 0.13.1, StatusHistoryChart 0.12.1 and Table 0.11.1.

type heatMap struct {
	YAxisFormat   *common.Format `json:"yAxisFormat,omitempty"`
	ShowVisualMap bool           `json:"showVisualMap,omitempty"`
}

type pie struct {
	Calculation common.Calculation `json:"calculation"`
	Format      *common.Format     `json:"format,omitempty"`
	Sort        string             `json:"sort,omitempty"`
	Mode        string             `json:"mode,omitempty"`
	Radius      float64            `json:"radius"`
	Legend      *pieLegend         `json:"legend,omitempty"`
}

type pieLegend struct {
	Position string   `json:"position"`
	Mode     string   `json:"mode,omitempty"`
	Values   []string `json:"values,omitempty"`
}

type statusHistory struct {
	Mappings []rangeMapping `json:"mappings,omitempty"`
}

type rangeMapping struct {
	Kind string `json:"kind"`
	Spec struct {
		From   *float64 `json:"from,omitempty"`
		To     *float64 `json:"to,omitempty"`
		Result struct {
			Value string `json:"value"`
			Color string `json:"color,omitempty"`
		} `json:"result"`
	} `json:"spec"`
}

type table struct {
	Density         string             `json:"density,omitempty"`
	EnableFiltering bool               `json:"enableFiltering,omitempty"`
	ColumnSettings  []column           `json:"columnSettings,omitempty"`
	Transforms      []common.Transform `json:"transforms,omitempty"`
}

type column struct {
	Name          string         `json:"name"`
	Header        string         `json:"header,omitempty"`
	Format        *common.Format `json:"format,omitempty"`
	EnableSorting bool           `json:"enableSorting,omitempty"`
	Sort          string         `json:"sort,omitempty"`
	Hide          bool           `json:"hide,omitempty"`
}
