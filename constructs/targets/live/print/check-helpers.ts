// Named templates of what checks a release. They are not among the others, since Helm would read them each time.

const HELPERS = {
  once: `{{/* Takes note of an object by what makes it, its kind, namespace and name. Refuses a second one. */}}
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
`,
  amount: `{{/* An amount such as 500m, 2Gi or 1 as a number. */}}
{{- define "amount" -}}
{{- $unit := toString . | regexFind "[A-Za-z]+$" }}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 }}
{{- range $power, $name := list "Ki" "Mi" "Gi" "Ti" "Pi" "Ei" }}
{{- $factor := 1.0 }}{{ range until (add 1 $power | int) }}{{ $factor = mulf $factor 1024 }}{{ end }}
{{- $_ := set $units $name $factor }}
{{- end }}
{{- mulf (toString . | trimSuffix $unit) (get $units $unit | default 1) }}
{{- end }}
`,
} as const;

/** A template below the named ones that it calls. */
export function withHelpers(template: string): string {
  const used = Object.entries(HELPERS).filter(([name]) => template.includes(`"${name}"`));
  return `${used.map(([, text]) => text).join('')}${template}`;
}

/** For values, by the rules of checks/rules.json and of the files that it refers to. */
export const WRONG = `{{/*
Says what is wrong with a value, a line each: of a list of the files of the chart with the definitions that are read, a rule as in a JSON
Schema, the value, its path, and what the chart was written with there. A part that is as it was written is right.
*/}}
{{- define "wrong" -}}
{{- $in := index . 0 }}{{ $rule := index . 1 }}{{ $value := index . 2 }}{{ $path := index . 3 }}{{ $written := index . 4 }}
{{- with index $rule "$ref" }}
{{- if hasPrefix "#" . }}{{ $rule = trimPrefix "#/definitions/" . | index $in.definitions }}
{{- else }}{{ $rule = $in.files.Get (print "checks/" .) | fromJson }}{{ $in = dict "files" $in.files "definitions" $rule.definitions }}
{{- end }}
{{- end }}
{{- $kind := kindOf $value }}
{{- $types := dict "map" "object" "slice" "array" "string" "string" "float64" "number" "bool" "boolean" "invalid" "null" }}
{{- $allowed := $rule.type | default list }}{{ if kindIs "string" $allowed }}{{ $allowed = list $allowed }}{{ end }}
{{- $isWhole := and (eq $kind "float64") (eq (toString $value) (floor $value | toString)) }}
{{- if not (or (not $allowed) (has (get $types $kind) $allowed) (and $isWhole (has "integer" $allowed))) }}
{{ $path }}: must be {{ join " or " $allowed }}, not {{ get $types $kind }}
{{- else }}
{{- if and (hasKey $rule "enum") (not (has $value $rule.enum)) }}
{{ $path }}: must be one of {{ toRawJson $rule.enum }}
{{- end }}
{{- with $rule.not }}
{{- if not (include "wrong" (list $in . $value $path nil)) }}
{{ $path }}: must not be {{ toRawJson $value }}, since it matches {{ toRawJson . }}
{{- end }}
{{- end }}
{{- range $rule.allOf }}{{ include "wrong" (list $in . $value $path nil) }}{{ end }}
{{- if eq $kind "string" }}
{{- if and $rule.pattern (not (regexMatch $rule.pattern $value)) }}
{{ $path }}: {{ toRawJson $value }} does not match {{ $rule.pattern }}
{{- end }}
{{- if and $rule.minLength (not $value) }}
{{ $path }}: must not be empty
{{- end }}
{{- if and $rule.maxLength (gt (len $value) (int $rule.maxLength)) }}
{{ $path }}: must not have more than {{ $rule.maxLength }} letters
{{- end }}
{{- else if eq $kind "float64" }}
{{- if and (hasKey $rule "minimum") (lt $value $rule.minimum) }}
{{ $path }}: must be at least {{ $rule.minimum }}
{{- end }}
{{- if and (hasKey $rule "maximum") (gt $value $rule.maximum) }}
{{ $path }}: must be at most {{ int $rule.maximum }}
{{- end }}
{{- if and $rule.multipleOf (not $isWhole) }}
{{ $path }}: must be a whole number
{{- end }}
{{- else if eq $kind "slice" }}
{{- if and $rule.minItems (not $value) }}
{{ $path }}: must not be empty
{{- end }}
{{- range $index, $item := $value }}
{{- with $rule.items }}{{ include "wrong" (list $in . $item (printf "%s[%d]" $path $index) nil) }}{{ end }}
{{- end }}
{{- else if eq $kind "map" }}
{{- if and $rule.minProperties (not $value) }}
{{ $path }}: must not be empty
{{- end }}
{{- range $rule.required }}
{{- if not (hasKey $value .) }}
{{ printf "%s.%s" $path . | trimPrefix "." }}: must be there, and not null
{{- end }}
{{- end }}
{{- $properties := $rule.properties | default dict }}{{ $was := $written | default dict }}{{ $others := $rule.additionalProperties }}
{{- range $key, $one := $value }}
{{- $at := printf "%s.%s" $path $key | trimPrefix "." }}
{{- with $rule.propertyNames }}{{ include "wrong" (list $in . $key $at nil) }}{{ end }}
{{- if hasKey $properties $key }}
{{- if not (and (hasKey $was $key) (deepEqual $one (index $was $key))) }}
{{- include "wrong" (list $in (index $properties $key) $one $at (index $was $key)) }}
{{- end }}
{{- else if kindIs "map" $others }}{{ include "wrong" (list $in $others $one $at nil) }}
{{- else if and (kindIs "bool" $others) (not $others) (not (hasPrefix "x-" $at)) }}
{{ $at }}: is no value of this chart
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
`;
