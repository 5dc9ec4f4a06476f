// Command otelcol is the OpenTelemetry collector that the end-to-end tests
// start: the released components that this project's export path and its
// deployment configurations name, and nothing else.
package main

import (
	"os"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/otelcol"
)

// version is what --version and the collector's own telemetry report. Keep it
// equal to the collector version that go.mod requires (see ../README.md).
const version = "0.155.0"

func main() {
	settings := otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{
			Command:     "otelcol",
			Description: "OpenTelemetry collector for end-to-end tests",
			Version:     version,
		},
		Factories: components,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{
			ResolverSettings: confmap.ResolverSettings{
				// A bare ${NAME} in a configuration is an environment variable.
				DefaultScheme: "env",
				ProviderFactories: []confmap.ProviderFactory{
					envprovider.NewFactory(),
					fileprovider.NewFactory(),
					yamlprovider.NewFactory(),
				},
			},
		},
	}

	// Execute prints the error itself; only the exit code is left to set.
	if otelcol.NewCommand(settings).Execute() != nil {
		os.Exit(1)
	}
}
