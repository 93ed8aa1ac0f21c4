# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# bash completion for statsfs(1).  What there is to complete is what --help says.

_statsfs_help()
{
	command statsfs "$@" --help 2>/dev/null
}

_statsfs_verbs()
{
	_statsfs_help | sed -n '/^  --/q; s/^  \([a-z]\+\) .*/\1/p'
}

# _statsfs_options VERB: each in both spellings
_statsfs_options()
{
	_statsfs_help "$1" | sed -n '
		s/^  \(-.\), \(--[a-z-]\+\).*/\1\n\2/p
		s/^      \(--[a-z-]\+\).*/\1/p'
}

# _statsfs_argument VERB OPTION: what it takes, as --help calls it
_statsfs_argument()
{
	_statsfs_help "$1" | sed -n "s/^  \(-., \|    \)\(--[a-z-]\+\)=\([^ ]\+\) .*/\1\2 \3/p" |
		while read -r short long argument; do
			# without a letter there is one word less
			: "${argument:=$long}"
			if [[ " $short $long " == *[\ ,]"$2"[\ ,]* ]]; then
				echo "$argument"
			fi
		done
}

_statsfs_columns()
{
	_statsfs_help "$1" | sed -n 's/^  \([A-Z]\+\)  .*/\1/p'
}

_statsfs_mount()
{
	local mount

	mount=$(awk '$3 == "statsfs" { print $2 }' /proc/self/mounts)
	case $'\n'$mount$'\n' in
	*$'\n/sys/kernel/stats\n'*) echo /sys/kernel/stats ;;
	*) printf '%b\n' "${mount%%$'\n'*}" ;;
	esac
}

# _statsfs_paths CURRENT: values and directories below the mount
_statsfs_paths()
{
	local mount path

	mount=$(_statsfs_mount)
	[[ $mount ]] || return
	while IFS= read -r path; do
		case $path in
		*/.snapshot) continue ;;
		esac
		if [[ -d $path ]]; then
			path+=/
		fi
		COMPREPLY+=("${path#"$mount"/}")
	done < <(compgen -f -- "$mount/$1")
	compopt -o filenames 2>/dev/null
	if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
		compopt -o nospace 2>/dev/null
	fi
}

# _statsfs_words CURRENT WORD...
_statsfs_words()
{
	local current=$1

	shift
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$current")
}

# _statsfs_list CURRENT COLUMN...: what follows the last comma or the plus
_statsfs_list()
{
	local before last=$1

	last=${last##*[,+]}
	before=${1%"$last"}
	shift
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$*" -- "${last^^}")
	compopt -o nospace 2>/dev/null
}

# _statsfs_value ARGUMENT VERB CURRENT: of an option that takes this argument
_statsfs_value()
{
	case $1 in
	LIST) mapfile -t columns < <(_statsfs_columns "$2")
		_statsfs_list "$3" "${columns[@]}" ;;
	COLUMN) mapfile -t columns < <(_statsfs_columns "$2")
		_statsfs_words "${3^^}" "${columns[@]}" ;;
	*DIR* | *FILE*) mapfile -t COMPREPLY < <(compgen -f -- "$3")
		compopt -o filenames 2>/dev/null ;;
	esac
}

_statsfs()
{
	local current=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} argument columns

	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 ]]; then
		_statsfs_words "$current" "$(_statsfs_verbs)" --help --version
		return
	fi
	# readline takes "=" for a word
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	argument=
	if [[ $previous == -* ]]; then
		argument=$(_statsfs_argument "$verb" "$previous")
	fi
	if [[ $argument ]]; then
		_statsfs_value "$argument" "$verb" "$current"
	elif [[ $current == -* ]]; then
		_statsfs_words "$current" "$(_statsfs_options "$verb")"
	elif [[ $current == [/.]* || $verb == snapshot ]]; then
		_statsfs_value FILE "$verb" "$current"
	else
		case $(_statsfs_help "$verb" | head -n 1) in
		*PATTERN* | *PATH*) _statsfs_paths "$current" ;;
		esac
	fi
}

complete -F _statsfs statsfs
