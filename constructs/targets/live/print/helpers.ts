// Named templates that the others call.

export const HELPERS = `{{/* Takes note of an object by what makes it, its kind, namespace and name. Refuses a second one. */}}
{{- define "once" -}}
{{- $objects := first . }}{{ $owner := index . 1 }}{{ $kind := index . 2 }}{{ $name := index . 4 }}
{{- $key := rest . | rest | join "/" }}
{{- if hasKey $objects $key }}
{{- $first := get $objects $key }}{{ $mend := "give one of them another name" }}
{{- if eq $first $owner }}
{{- fail (printf "%s: two objects would be called %s/%s: %s" $owner $kind $name $mend | trimPrefix "the release: ") }}
{{- end }}
{{- fail (printf "%s and %s would both make the %s %s: %s" $first $owner $kind $name $mend) }}
{{- end }}
{{- $_ := set $objects $key $owner }}
{{- end }}
{{/* An amount such as 500m, 2Gi or 1 as a number. */}}
{{- define "amount" -}}
{{- $unit := toString . | regexFind "[A-Za-z]+$" }}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 }}
{{- range $power, $name := list "Ki" "Mi" "Gi" "Ti" "Pi" "Ei" }}
{{- $factor := 1.0 }}{{ range until (add 1 $power | int) }}{{ $factor = mulf $factor 1024 }}{{ end }}
{{- $_ := set $units $name $factor }}
{{- end }}
{{- mulf (toString . | trimSuffix $unit) (get $units $unit | default 1) }}
{{- end }}
{{/* A value as a text: whole numbers without an exponent. */}}
{{- define "text" -}}
{{- if kindIs "string" . }}{{ quote . }}{{ else if kindIs "invalid" . }}null{{ else }}{{ toJson . | quote }}{{ end }}
{{- end }}
{{/* The text of a file, with one line end behind it; or nothing. */}}
{{- define "file" -}}
{{- with regexReplaceAll "\\n+$" (toString .) "" }}{{ printf "%s\\n" . | toJson }}{{ else }}""{{ end }}
{{- end }}
{{/* Tells the content of a Job: a text with its spec, and lists of a name and the text of what it reads. */}}
{{- define "hash" -}}
{{- $objects := dict }}
{{- range rest . }}
{{- $object := index . 1 | fromYaml }}
{{- if $object }}
{{- $more := eq $object.kind "Secret" | ternary $object.stringData $object.binaryData }}
{{- $_ := set $objects (index . 0) (list $object.data $more) }}
{{- end }}
{{- end }}
{{- $read := list }}
{{- range $name := keys $objects | sortAlpha }}
{{- $read = append $read (list $name (get $objects $name)) }}
{{- end }}
{{- $spec := (first . | fromYaml).spec }}
{{- if $read }}{{ list $spec $read | toRawJson | sha256sum | trunc 8 }}{{ else }}{{ $spec | toRawJson | sha256sum | trunc 8 }}{{ end }}
{{- end }}
{{/* A map of texts. */}}
{{- define "strings" -}}
{{- range $key, $value := . }}
{{- if kindIs "map" $value }}
{{ $key }}: {{- include "strings" $value | nindent 2 }}
{{- else if not (kindIs "invalid" $value) }}
{{ quote $key }}: {{ include "text" $value }}
{{- end }}
{{- else }}{}
{{- end }}
{{- end }}
`;
