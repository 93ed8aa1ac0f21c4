#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: guest.sh [before | left]
#
# What one boot of a Debian with the packages checks, as KTAP: the kernel's command
# line says which boot it is. Before there is a boot: "before" notes what files there
# are, and "left" prints those that are there now and were not.

. "${0%/*}/../lib.sh"

HERE=$(cd "${0%/*}" && pwd)
PACKAGES=/root/packages
MOUNT=sys-kernel-stats.mount
SOCKET=statsfs-export.socket
SERVICE=statsfs-export.service
URL=http://127.0.0.1:9954/metrics
COUNTER=$STATS/bufstat/net/lo/rx_bytes
MODULES="statsfs bufstat bufstat_net bufstat_mm bufstat_blk kstats cpustat"
DROP_IN=/etc/systemd/system/$MOUNT.d
DEBUG=/etc/modprobe.d/statsfs.conf
NO_BUILD=/etc/dkms/no-autoinstall
NOGROUP=65534

files()
{
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run \
		-o -path /tmp -o -path /root -o -path /boot \) -prune -o -print | sort
}

# What is there because of another kernel, of a boot, of dpkg and of DKMS itself.
others()
{
	newest=$(find /usr/lib/modules -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)
	cat <<-END
		^$newest(\$|/(kernel|modules\\.|build|source))
		^/(usr/src|var/lib/dpkg/info|usr/share/doc|usr/share/bug|usr/share/lintian/overrides)/linux-
		^/var/lib/initramfs-tools/
		^/(initrd\\.img|vmlinuz)(\\.old)?\$
		^/var/(log|cache|tmp)/
		^/var/lib/dpkg/(diversions|statoverride|status)-old\$
		^/var/lib/apt/(extended_states|mirrors)
		^/var/lib/systemd/(random-seed|timers|timesync|catalog|linger)
		^/var/lib/systemd/(pstore|coredump|rfkill|ephemeral-trees)
		^/var/lib/(private|dbus/machine-id)\$
		^/lost\\+found\$
		^/var/lib/dkms/mok\\.
		^/etc/(machine-id|ld\\.so\\.cache|resolv\\.conf|\\.pwd\\.lock|\\.updated)\$
		^/var/\\.updated\$
	END
}

left()
{
	others >"$HERE/others"
	files | comm -13 "$HERE/before" - | grep -vEf "$HERE/others"
}

loaded()
{
	for module in $MODULES; do
		if [ -e "/sys/module/$module" ]; then
			echo "$module"
		fi
	done
}

is_mounted()
{
	grep -q "^none $STATS statsfs " /proc/mounts
}

options()
{
	sed -n "s|^none $STATS statsfs \\([^ ]*\\) 0 0\$|\\1|p" /proc/mounts
}

# Once everything was started: whether all went well, and what did not.
state()
{
	systemctl is-system-running --wait
	systemctl list-units --failed --plain --no-legend
}

states()
{
	systemctl is-enabled "$1"
	systemctl is-active "$1"
}

status()
{
	curl -s -o /dev/null --max-time 120 -w '%{http_code}\n' $URL
}

has_metrics()
{
	curl -sf --max-time 120 $URL |
		grep -q '^statsfs_bufstat_net_rx_bytes_total{device="lo"'
}

# may_reset GROUP
may_reset()
{
	setpriv --reuid=1000 --regid="$1" --clear-groups sh -c "echo 0 >$COUNTER"
}

# As README.Debian has it.
load_again()
{
	systemctl stop $MOUNT &&
		modprobe -r bufstat_net bufstat_mm bufstat_blk bufstat statsfs &&
		{ ! loaded | grep .; } &&
		systemctl start $MOUNT
}

# How many messages have these flags.
messages()
{
	grep -c "\[statsfs\].* =$1 " /proc/dynamic_debug/control
}

check_tree()
{
	is "the kernel is the newest" "$(uname -r)" \
		"$(find /lib/modules/ -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)"
	is "everything runs" "$(state)" running
	check "statsfs is mounted" is_mounted
	is "its modules are those that DKMS built and signed" \
		"$(modinfo -n statsfs) $(modinfo -F signer statsfs)" \
		"/lib/modules/$(uname -r)/updates/dkms/statsfs.ko DKMS module signing key"
	check "everybody may read" setpriv --reuid=1000 --regid=1000 --clear-groups \
		cat "$COUNTER"
}

check_gone()
{
	check_fails "nothing is mounted" is_mounted
	is "no module is loaded" "$(loaded)" ""
	check_fails "the directory is gone" [ -e $STATS ]
}

# The key that DKMS made is not one that the kernel trusts.
stage_enforced()
{
	plan 7
	is "everything runs" "$(state)" running
	check_gone
	is "the unit waits for modules" "$(states $MOUNT | paste -s)" "enabled${TAB}inactive"
	check_fails "a module whose key is not enrolled is not loaded" modprobe statsfs
	is "which says so" "$(echo "$output" | grep -o 'Key was rejected by service')" \
		"Key was rejected by service"
}

stage_first()
{
	plan 26
	check_tree
	check_fails "only root may reset" may_reset 1000
	is "the program finds it" "$(statsfs get bufstat/net/lo/rx_bytes)" \
		"bufstat/net/lo/rx_bytes $(cat "$COUNTER")"
	is "it has the package's version" "$(statsfs --version)" \
		"statsfs $(dpkg-query -W -f '${Version}' statsfs-tools)"

	mkdir -p $DROP_IN
	printf '[Mount]\nOptions=gid=%s,mode=0664\n' $NOGROUP >$DROP_IN/reset.conf
	systemctl daemon-reload
	check "the unit can be restarted" systemctl restart $MOUNT
	is "with the options of a drop-in" "$(options)" "rw,relatime,gid=$NOGROUP,mode=0664"
	check "the group may reset then" may_reset $NOGROUP
	check_fails "and others may not" may_reset 1000

	echo "options statsfs dyndbg=+p" >$DEBUG
	check "debug messages are there and off" [ "$(messages _)" -gt 3 ]
	check "the modules can be loaded again" load_again
	check "and with a line for modprobe they are on" [ "$(messages p)" -gt 3 ]
	rm -r $DROP_IN $DEBUG
	systemctl daemon-reload

	is "the exporter is off" "$(states $SOCKET | paste -s)" "disabled${TAB}inactive"
	is "nobody listens" "$(status)" 000
	check "it can be switched on" systemctl enable --now $SOCKET
	check "and answers" has_metrics
	check "as a user of its own" between 61184 "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' \
		"/proc/$(systemctl show -p MainPID --value $SERVICE)/status")" 65519
	check "which may do little" systemd-analyze security --no-pager --threshold=15 $SERVICE
	diagnose "$(systemd-analyze security --no-pager $SERVICE | tail -n 1)"
	check "meanwhile statsfs can be unmounted" systemctl stop $MOUNT
	is "which the exporter says" "$(status)" 503
	check "and mounted" systemctl start $MOUNT
	check "and it goes on" has_metrics
	is "all of that was no failure" "$(state)" running
}

stage_again()
{
	plan 18
	check_tree
	check "the exporter was started again" has_metrics
	check "the packages can be purged" dpkg --purge statsfs-tools statsfs-dkms libstatsfs1
	diagnose "$output"
	check_gone
	is "nobody listens" "$(status)" 000
	is "there is no unit" "$(systemctl list-units --all --plain --no-legend '*stats*')" ""
	is "nor its file" "$(systemctl list-unit-files --no-legend '*stats*')" ""
	is "no file is left" "$(left)" ""
	is "no user is left" "$(getent passwd | grep stats)" ""
	is "DKMS knows nothing" "$(dkms status)" ""
	is "depmod knows nothing" "$(modprobe -an statsfs 2>&1 | grep -c 'not found')" 1
	is "everything runs" "$(state)" running
}

stage_gone()
{
	plan 4
	is "everything runs" "$(state)" running
	check_gone
}

stage_upgrade()
{
	plan 15
	check "statsfs is mounted" wait_until is_mounted
	exec 3<"$COUNTER"
	touch $NO_BUILD
	check "an upgrade while somebody reads" dpkg -i $PACKAGES/statsfs-dkms_*.deb
	check "leaves statsfs mounted" is_mounted
	check "and the reader in peace" grep -q '[0-9]' <&3
	check "a removal while somebody reads" dpkg --purge statsfs-dkms
	is "says so" "$(echo "$output" | grep '^statsfs is in use')" \
		"statsfs is in use: its modules stay loaded until the next boot"
	check "and leaves statsfs mounted" is_mounted
	exec 3<&-
	check "until it is unmounted" umount $STATS
	check "and unloaded" rmmod bufstat_net bufstat_mm bufstat_blk bufstat statsfs
	# systemd remembers that it could not unmount.
	need systemctl reset-failed $MOUNT
	check "without modules the package can be installed" \
		dpkg -i $PACKAGES/statsfs-dkms_*.deb
	check_gone
	is "the unit waits for modules" "$(states $MOUNT | paste -s)" "enabled${TAB}inactive"
	is "everything runs" "$(state)" running
}

stage_unbuilt()
{
	plan 6
	is "everything runs" "$(state)" running
	is "the unit waits for modules" "$(states $MOUNT | paste -s)" "enabled${TAB}inactive"
	check_gone
	is "and the program says so" "$(statsfs ls 2>&1)" \
		"statsfs: the kernel has no statsfs; try, as root: modprobe statsfs && \
mount -t statsfs none $STATS"
}

case ${1-} in
before)
	files >"$HERE/before"
	;;
left)
	left
	;;
*)
	stage=$(sed 's/.*\<packages\.stage=\([a-z]*\).*/\1/' /proc/cmdline)
	"stage_$stage"
	;;
esac
