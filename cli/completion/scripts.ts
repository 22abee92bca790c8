// What makes a shell ask for candidates: each passes on the words up to the cursor.

/** The hidden form of the command that the shells call. */
export const ASK = 'candidates';

const PROGRAM = 'cdk8s-estafette';

// Bash breaks words at = and :, and puts a candidate in place of what stands behind the last of them.
const bash = `# bash completion of ${PROGRAM}: source <(${PROGRAM} completion bash)
_cdk8s_estafette() {
  local line=\${COMP_LINE:0:COMP_POINT} words candidate typed
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  typed=\${words[-1]}
  COMPREPLY=()
  while IFS= read -r candidate; do
    case $typed in *[=:]*) candidate=\${candidate#"\${typed%[=:]*}"[=:]} ;; esac
    COMPREPLY+=("$candidate")
  done < <(${PROGRAM} completion ${ASK} -- "\${words[@]:1}" 2>/dev/null)
  case \${COMPREPLY[0]-} in *[.=]) compopt -o nospace ;; esac
}
complete -o default -F _cdk8s_estafette ${PROGRAM}
`;

const zsh = `#compdef ${PROGRAM}
# zsh completion of ${PROGRAM}: source <(${PROGRAM} completion zsh)
_cdk8s_estafette() {
  local -a found whole
  found=(\${(f)"$(${PROGRAM} completion ${ASK} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ! $#found )); then
    _files
    return
  fi
  whole=(\${found:#*[.=]})
  found=(\${(M)found:#*[.=]})
  (( $#whole )) && compadd -a whole
  (( $#found )) && compadd -S '' -a found
}
(( $+functions[compdef] )) && compdef _cdk8s_estafette ${PROGRAM}
`;

const fish = `# fish completion of ${PROGRAM}: ${PROGRAM} completion fish | source
function __cdk8s_estafette
    set -l words (commandline -opc) (commandline -ct)
    set -l found (${PROGRAM} completion ${ASK} -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c ${PROGRAM} -f -a '(__cdk8s_estafette)'
`;

export const SCRIPTS: Readonly<Record<string, string>> = { bash, zsh, fish };
