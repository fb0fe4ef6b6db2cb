# modules.bash: asks the table tests/modules what the step STEP has.

modules_top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

declare -gA module_file=()  # of each module that the step has: FILE, or FILE:WORD
declare -gA module_known=() # of each module: what the lines of all steps say, one behind the other
declare -gA module_said=()  # of each FILE, or FILE:WORD, that the step has: its module

read_modules() {
    local name steps file
    while read -r name steps file; do
        [[ $name != '#'* && -n $name ]] || continue
        module_known[$name]+=" $file"
        [[ $steps == *"${STEP:-0}"* ]] || continue
        module_file[$name]=$file
        module_said[$file]=$name
    done <"$modules_top/tests/modules"
}

# Whether the step's folder has FILE, or WORD in it.
is_there() { # FILE[:WORD]
    local folder=("$modules_top"/step0"$STEP"_*)
    [ -e "${folder[0]}/${1%%:*}" ] || return
    [[ $1 != *:* ]] || grep -qF -- "${1#*:}" "${folder[0]}/${1%%:*}"
}

# Whether the step has the module NAME. Ends the test if the table does not know it, or is not true.
has() { # NAME
    local file=${module_file[$1]:-}
    if [ -n "$file" ]; then
        is_there "$file" && return
        echo "tests/modules says that step $STEP has $1 in $file. It has not." >&2
        exit 1
    fi
    if [ -z "${module_known[$1]:-}" ]; then
        echo "tests/modules has no line for $1" >&2
        exit 1
    fi
    for file in ${module_known[$1]}; do
        [ -n "${module_said[$file]:-}" ] || ! is_there "$file" || {
            echo "tests/modules does not say that step $STEP has $1, but $file is there." >&2
            exit 1
        }
    done
    return 1
}

# Prints the path of the module NAME in the step's folder, without ".c".
path_of() { # NAME
    has "$1" || {
        echo "step $STEP has no $1" >&2
        exit 1
    }
    echo "${module_file[$1]%.c}"
}

# Sets quoting to what tells a compiler where it finds the headers of the step in FOLDER.
set_quoting() { # FOLDER
    quoting=(-iquote "$1" -iquote "$1/support" -iquote "$1/further")
}

# Prints the modules that the step has, as the table says.
modules_there() {
    [ "${#module_file[@]}" = 0 ] || printf '%s\n' "${!module_file[@]}"
}

# Prints those that it has not.
modules_lacking() {
    local name
    for name in "${!module_known[@]}"; do
        [ -n "${module_file[$name]:-}" ] || echo "$name"
    done
}

read_modules
