# fish completion for hallmark: hallmark completion fish | source
function __hallmark_complete
    set -l words (commandline -opc)
    command $words[1] __complete $words[2..-1] =(commandline -ct) 2>/dev/null
end
complete -c hallmark -a '(__hallmark_complete)'
