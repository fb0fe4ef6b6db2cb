#!/usr/bin/env bats
# The Chinese READMEs: each README.zh.md has the shape of the README.md beside it.

load common

setup() {
    cd "$top" || exit 1
}

# Calls CHECK with each README.md that has a translation, and the translation. Fails if one of the
# calls does, or if there is nothing to call it with.
each_pair() { # CHECK
    local english chinese pairs=0
    for english in README.md step0?_*/README.md; do
        chinese=${english%.md}.zh.md
        [ -e "$chinese" ] || continue
        "$1" "$english" "$chinese" || { echo "$chinese: not as in $english"; return 1; }
        pairs=$((pairs + 1))
    done
    [ "$pairs" -gt 0 ]
}

# Fails unless the FILTER prints the same of both files.
same() { # FILTER ENGLISH CHINESE
    diff <("$1" "$2") <("$1" "$3")
}

# Prints the fenced blocks of FILE, fences and all.
fenced() {
    awk '/^```/ { on = !on; print; next } on' "$1"
}

# Prints the rest of FILE.
prose() {
    awk '/^```/ { on = !on; next } !on' "$1"
}

# Prints the words of FILE that stand between backquotes, sorted. One may go on in the next line.
inline_code() {
    # shellcheck disable=SC2016 # nothing is to be expanded
    prose "$1" | tr '\n' ' ' | grep -o '`[^`]*`' | tr -s ' ' | LC_ALL=C sort
}

# Prints what begins each line of FILE that is a heading, an item or a row: "##", "1.", "-", or as
# many "|" as there are; and "." for each block between them, so that it is seen which stands where.
shape() {
    awk '
        /^```/ { on = !on; if (on) print "."; next }
        on { next }
        /^#+ / || /^ *([0-9]+\.|-) / { print $1 }
        /^\|/ { gsub(/[^|]/, ""); print }' "$1"
}

# Prints where the links of FILE go to, sorted.
links() {
    prose "$1" | tr '\n' ' ' | grep -oE '\]\([^)]*\)|<https?:[^>]*>' | LC_ALL=C sort
}

same_blocks() { same fenced "$@"; }
same_shape() { same shape "$@"; }

# A translation links to its original, and where that links to a README, to the translation.
same_links() {
    diff <({ echo '](README.md)'; links "$1" | sed 's,/README\.md,/README.zh.md,'; } | LC_ALL=C sort) \
        <(links "$2")
}

# A word may be said once more, or be left to a pronoun; a new one may not turn up, nor one vanish.
nearly_same_code() {
    local apart
    diff <(inline_code "$1" | uniq) <(inline_code "$2" | uniq) || return 1
    apart=$(diff <(inline_code "$1") <(inline_code "$2") | grep -c '^[<>]') || true
    [ "$apart" -le 3 ] || { echo "$apart words are there more or less often"; return 1; }
}

# What is linked to must exist.
links_exist() {
    local link
    while read -r link; do
        [ -e "$(dirname "$2")/$link" ] || { echo "$2: no $link"; return 1; }
    done < <(prose "$2" | grep -oE '\]\([^):]*\)' | sed -E 's/^..|.$//g')
}

names_original() {
    [ "$(sed -n 3p "$2")" = '[English](README.md)' ] &&
        sed -n 1p "$2" | grep -q '^# ' && [ -z "$(sed -n '2p;4p' "$2")" ]
}

# 70 Chinese characters are 210 bytes, and take 140 columns. Tables cannot be wrapped.
short_lines() {
    ! prose "$2" | grep -v '^|' | LC_ALL=C grep -nE '^.{211}'
}

@test "a translation has the headings, lists, tables and blocks of the original, in its order" {
    each_pair same_shape
}

@test "a translation has the fenced blocks of the original, byte for byte" {
    each_pair same_blocks
}

@test "a translation has the inline code of the original, nearly" {
    each_pair nearly_same_code
}

@test "a translation links to what the original links to, in translation" {
    each_pair same_links
    each_pair links_exist
}

@test "a translation names the original under its title" {
    each_pair names_original
}

@test "a translation has no line of more than 70 Chinese characters" {
    each_pair short_lines
}
