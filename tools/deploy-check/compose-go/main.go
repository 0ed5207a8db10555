// Loads Compose files with the loader of Docker Compose, without an engine: interpolation, merging, the schema and the
// consistency of the project. Prints the names of the services, or the whole project as JSON.
//
//	compose-check [-json] ENV_FILE FILE...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	asJSON := flag.Bool("json", false, "print the project as JSON")
	flag.Parse()
	if err := run(flag.Args(), *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, asJSON bool) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: compose-check [-json] ENV_FILE FILE...")
	}
	options, err := cli.NewProjectOptions(args[1:], cli.WithEnvFiles(args[0]), cli.WithDotEnv)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	if asJSON {
		content, err := project.MarshalJSON()
		if err != nil {
			return err
		}
		fmt.Println(string(content))
		return nil
	}
	names := project.ServiceNames()
	sort.Strings(names)
	fmt.Println(strings.Join(names, " "))
	return nil
}
