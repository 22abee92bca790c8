// Named templates that the others call.

export const HELPERS = `{{/* A value as a text: whole numbers without an exponent. */}}
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
