// Loads Compose files with the loader of Docker Compose, without an engine: interpolation, merging, the schema and the
// consistency of the project. Prints the names of the services.
//
//	compose-check ENV_FILE FILE...
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: compose-check ENV_FILE FILE...")
	}
	options, err := cli.NewProjectOptions(args[1:], cli.WithEnvFiles(args[0]), cli.WithDotEnv)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	names := project.ServiceNames()
	sort.Strings(names)
	fmt.Println(strings.Join(names, " "))
	return nil
}
