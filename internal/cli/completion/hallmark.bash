# bash completion for hallmark: source <(hallmark completion bash)
_hallmark() {
  local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
  # bash breaks words at = and :, hallmark does not; after such a break the
  # shell's own completion of files is the useful one.
  [[ $word == [=:]* || ${COMP_WORDS[COMP_CWORD-1]} == [=:] ]] && return
  COMPREPLY=($("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "=$word" 2>/dev/null))
}
complete -o bashdefault -o default -F _hallmark hallmark
