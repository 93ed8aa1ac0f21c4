# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Programs that use a terminal, in one that tmux makes; to be sourced after lib.sh.

VM_PATIENCE=${VM_PATIENCE:-1}
export LC_ALL=C.UTF-8
unset TMUX
screen_dir=$(mktemp -d)
escape=$(printf '\033')

screen()
{
	tmux -S "$screen_dir/socket" -f /dev/null "$@"
}

# screen_start COLUMNS LINES: a shell.
screen_start()
{
	need screen new-session -d -x "$1" -y "$2" "PS1='ready>' exec sh"
	need screen set-option -g status off
	need wait_until shows_line 'ready>'
}

screen_end()
{
	screen kill-server
	wait_until test ! -e "$screen_dir/socket"
	rm -rf "$screen_dir"
}

# type TEXT: as it is.
type()
{
	need screen send-keys -l "$1"
}

# press KEY...: as tmux calls them.
press()
{
	need screen send-keys "$@"
}

# enter COMMAND: for the shell.
enter()
{
	type "$1"
	press Enter
}

# screen_size COLUMNS LINES
screen_size()
{
	need screen resize-window -x "$1" -y "$2"
}

# What is on the screen, without blanks at the ends of lines.
picture()
{
	screen capture-pane -p | sed 's/ *$//'
}

# shows_line REGULAR_EXPRESSION: some line is like that, as a whole.
shows_line()
{
	picture | grep -qxE -- "$1"
}

shows_no_line()
{
	! shows_line "$1"
}

# on_screen NAME REGULAR_EXPRESSION: there soon will be such a line.
on_screen()
{
	if wait_until shows_line "$2"; then
		ok "$1"
	else
		not_ok "$1" "no line is like $2 in" "$(picture)"
	fi
}

off_screen()
{
	if wait_until shows_no_line "$2"; then
		ok "$1"
	else
		not_ok "$1" "a line is like $2 in" "$(picture)"
	fi
}

# The selected line, which is the only one in reverse video.
selected_line()
{
	screen capture-pane -p -e | sed -n "/$escape\[[0-9;]*7m/{
		s/$escape\[[0-9;]*m//g
		p
	}"
}

# selects REGULAR_EXPRESSION
selects()
{
	selected_line | grep -qE -- "$1"
}
