// Reads flags as the real programs take them: --name=value, --name value, -n value; what is not known is kept.
package main

import "strings"

type flags struct {
	values map[string]string
	words  []string
}

var switches = map[string]bool{"insecure": true, "logtostderr": true}

func parse(args []string) flags {
	parsed := flags{values: map[string]string{}}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") {
			parsed.words = append(parsed.words, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !given && !switches[name] && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			i++
			value = args[i]
		}
		parsed.values[name] = value
	}
	return parsed
}

func (f flags) or(name, fallback string) string {
	if value := f.values[name]; value != "" {
		return value
	}
	return fallback
}

func (f flags) has(name string) bool {
	value, given := f.values[name]
	return given && value != "false"
}
