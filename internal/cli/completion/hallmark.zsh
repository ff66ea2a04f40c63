#compdef hallmark
# zsh completion for hallmark: hallmark completion zsh > a folder of $fpath/_hallmark
_hallmark() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT-1]}" "=${words[CURRENT]}" 2>/dev/null)}")
  if [[ -n "${candidates[1]}" ]]; then
    compadd -- "${candidates[@]}"
  else
    _files
  fi
}
if [[ "${funcstack[1]}" == _hallmark ]]; then
  _hallmark "$@"
else
  compdef _hallmark hallmark
fi
