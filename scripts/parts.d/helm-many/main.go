// Runs commands of Helm one after the other in one process: most of the time of `helm template` is that Helm starts.
//
// A line of the input is a command, as a JSON array of its arguments; a line of the output is what became of it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"

	helmcmd "helm.sh/helm/v4/pkg/cmd"
)

type answer struct {
	Output string `json:"output"`
	Errors string `json:"errors"`
	Failed bool   `json:"failed"`
}

// As Helm's own main function does it.
func run(args []string) answer {
	var output, errors bytes.Buffer
	command, err := helmcmd.NewRootCmd(&output, args, helmcmd.SetupLogging)
	if err != nil {
		return answer{Errors: err.Error(), Failed: true}
	}
	command.SetArgs(args)
	command.SetErr(&errors)
	err = command.Execute()
	return answer{Output: output.String(), Errors: errors.String(), Failed: err != nil}
}

func main() {
	commands := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for {
		line, err := commands.ReadBytes('\n')
		if err != nil {
			return
		}
		var args []string
		if err := json.Unmarshal(line, &args); err != nil {
			panic(err)
		}
		if err := answers.Encode(run(args)); err != nil {
			panic(err)
		}
	}
}
