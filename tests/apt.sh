# SPDX-License-Identifier: BSD-3-Clause
#
# apt.sh - packages of the distribution without installing them; sourced
#
# Idea: the machine's own mirror, read from its apt sources, is asked through
# an apt configuration of the test's own, so that the machine's package lists
# and its installed packages stay as they are and root is not needed.
# VFIOMIG_MIRROR names another mirror.

# The URI of the sources entry that serves this machine's own release.
apt_mirror() {
	test -z "${VFIOMIG_MIRROR:-}" || { echo "$VFIOMIG_MIRROR"; return; }
	{
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list |
		    sed -n 's/^deb  *\(\[[^]]*]\)* *\([^ ]*\)  *\([^ ]*\).*/\2 \3/p'
		for f in /etc/apt/sources.list.d/*.sources; do
			awk '$1 == "URIs:" { uri = $2 }
			    $1 == "Suites:" { for (i = 2; i <= NF; i++)
				print uri, $i }' "$f"
		done
	} 2>/dev/null | awk -v suite="$(apt_release)" \
	    '$2 == suite && /debian/ { print $1; exit }'
}

# The name of the machine's release.
apt_release() {
	(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
}

# apt_configure FOLDER ARCHITECTURE URI SUITE... - from now on apt-get is ours
apt_configure() {
	apt_folder=$1 apt_arch=$2 apt_uri=$3
	shift 3
	mkdir -p "$apt_folder/state/lists/partial" \
	    "$apt_folder/cache/archives/partial" "$apt_folder/sources"
	: >"$apt_folder/status"
	cat >"$apt_folder/sources/tests.sources" <<-END
	Types: deb
	URIs: $apt_uri
	Suites: $*
	Components: main
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
	cat >"$apt_folder/apt.conf" <<-END
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt_folder/sources";
	Dir::State "$apt_folder/state";
	Dir::State::status "$apt_folder/status";
	Dir::Cache "$apt_folder/cache";
	APT::Sandbox::User "$(id -un)";
	APT::Architecture "$apt_arch";
	APT::Architectures { "$apt_arch"; };
	Acquire::Retries "2";
	Acquire::http::Timeout "20";
	END
	APT_CONFIG=$apt_folder/apt.conf
	export APT_CONFIG
}

# apt_unpack DEB FOLDER [PATTERN...]
apt_unpack() {
	apt_deb=$1 apt_folder=$2
	shift 2
	mkdir -p "$apt_folder"
	dpkg-deb --fsys-tarfile "$apt_deb" |
	    tar -x -C "$apt_folder" --no-same-owner ${1:+--wildcards} "$@"
}
