# Shell functions of the launchers; the caller has set "root" to the root of the tree. What runs at
# every start does without programs where the shell can: each takes some 4 ms to be started.

die() {
  echo "$*" >&2
  exit 1
}

# Whether $1 is a JDK 25 or newer, by its "release" file: starting a JVM to ask would be slow.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  major=0
  while IFS='=' read -r key value; do
    [ "$key" = JAVA_VERSION ] && major=${value#\"} && major=${major%%[!0-9]*}
  done < "$1/release"
  [ "${major:-0}" -ge 25 ]
}

# Follows symbolic links (readlink -f is not everywhere).
resolve() {
  file=$1
  while [ -L "$file" ]; do
    link=$(readlink "$file")
    case $link in
      /*) file=$link ;;
      *) file=${file%/*}/$link ;;
    esac
  done
  echo "$file"
}

# Sets "jdk" to the first JDK 25 or newer.
find_jdk() {
  on_path=$(command -v java) && on_path=$(resolve "$on_path") && on_path=${on_path%/*/*}
  for jdk in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$on_path" /usr/lib/jvm/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/*; do
    is_jdk "$jdk" && return
  done
  die "Tilebrew needs a JDK 25 or newer: install one (for example Temurin 25: apt install" \
    "temurin-25-jdk) or set JAVA_HOME or JAVA25_HOME to it."
}

# Whether the jars of the modules "$@" are there and no older than their sources.
is_built() {
  for module in "$@"; do
    jar=$root/$module/target/tilebrew-${module##*/}.jar
    [ -f "$jar" ] || return 1
    # Maven leaves a jar alone that would come out the same; the stamp says when it last looked.
    [ "$stamp" -nt "$jar" ] && built=$stamp || built=$jar
    changed=$(find "$root/pom.xml" "$root/$module/pom.xml" "$root/$module/src/main" \
      -newer "$built")
    [ -z "$changed" ] || return 1
  done
}

# Builds the modules "$@", with "maven_options" if set, unless they are up to date. One build at a
# time; others wait for it.
build() {
  stamp=$root/target/built
  for module in "$@"; do
    stamp=$stamp-${module##*/}
  done
  is_built "$@" && return
  mkdir -p "$root/target" || die "Tilebrew cannot be built: $root is not writable."
  lock
  is_built "$@" || run_maven "$@"
  unlock
}

lock() {
  if command -v flock > /dev/null; then
    exec 9> "$root/target/lock"
    flock 9
    return
  fi
  until mkdir "$root/target/lock.d" 2> /dev/null; do
    owner=$(cat "$root/target/lock.d/pid" 2> /dev/null)
    [ -n "$owner" ] && ! kill -0 "$owner" 2> /dev/null && rm -rf "$root/target/lock.d"
    sleep 1
  done
  echo $$ > "$root/target/lock.d/pid"
  trap 'rm -rf "$root/target/lock.d"' EXIT
}

unlock() {
  exec 9>&-
  trap - EXIT
  rm -rf "$root/target/lock.d"
}

run_maven() {
  command -v mvn > /dev/null || die "Tilebrew is built with Maven, which is not installed" \
    "(for example: apt install maven)."
  [ -n "${JAVA_HOME:-}" ] || command -v java > /dev/null || export JAVA_HOME="$jdk"
  echo "building Tilebrew, once ..." >&2
  : > "$stamp.new"
  modules=$(echo "$*" | tr ' ' ',')
  (cd "$root" && JAVA25_HOME=$jdk \
    MAVEN_OPTS="${MAVEN_OPTS:-} -Dorg.slf4j.simpleLogger.defaultLogLevel=warn" \
    mvn ${maven_options:-} -Dmaven.test.skip=true -pl "$modules" package) < /dev/null >&2 ||
    die "Tilebrew could not be built: see the messages of Maven above."
  mv "$stamp.new" "$stamp"
}

# Sets "archive" to a file with the parsed classes of the jars "$@" for this JDK, from which a JVM
# starts in two thirds of the time, or to nothing. It is made by "train", which gets the file's name
# and runs a program. The JVM leaves an archive alone that does not fit.
archive_classes() {
  sum=$(cksum < "$jdk/release")
  archive=$root/target/classes-${sum% *}-${sum#* }.jsa
  for jar in "$@"; do
    [ "$jar" -nt "$archive" ] && rm -f "$archive"
  done
  if [ ! -e "$archive" ] && mkdir -p "$root/target" && [ -w "$root/target" ]; then
    train "$archive.$$" > /dev/null 2>&1 < /dev/null || rm -f "$archive.$$"
    # An empty file says that there is no use in trying again.
    [ -s "$archive.$$" ] || : > "$archive.$$"
    mv -f "$archive.$$" "$archive"
  fi 2> /dev/null
  [ -s "$archive" ] || archive=
}
