// What starts the rootless engine: it tries what the engine needs of its node, and says what is missing where it cannot run.

/** @param data folder for images and cache, which the engine makes itself. The script's arguments are flags of dockerd. */
export const startScript = (data: string): string => `missing() {
  echo "The rootless engine cannot run here: $1." >&2
  echo "Mend that, or set engine.privileged: true." >&2
  exit 1
}
why=$(mktemp)
last() { tail -n 2 "$why" | tr "\\n" " "; }
command -v rootlesskit > /dev/null || missing "the image has no rootlesskit; engine.image must be a rootless one"
[ "$(cat /proc/sys/user/max_user_namespaces 2> /dev/null)" != 0 ] || missing "the node allows no user namespaces; set the sysctl user.max_user_namespaces"
export XDG_RUNTIME_DIR=/tmp/engine
mkdir -p "$XDG_RUNTIME_DIR"
rootlesskit --net=host true 2> "$why" || case $(cat "$why") in
*newuidmap*) missing "newuidmap of the image cannot take over the users of /etc/subuid; it must be set-uid root, and the pod must have a user namespace: hostUsers: false ($(last))" ;;
*) missing "no user namespace can be made; seccomp and AppArmor of the node must let an Unconfined pod do so, the sysctl kernel.apparmor_restrict_unprivileged_userns must be 0 ($(last))" ;;
esac
rootlesskit --net=host unshare -m -p -f mount -t proc proc /proc 2> "$why" ||
  missing "/proc of the pod is masked; procMount: Unmasked and hostUsers: false need Kubernetes 1.33, containerd 2.0 with runc 1.2 (or CRI-O) and Linux 6.3 ($(last))"
mkdir -p ${data} 2> "$why" || missing "the volume for images cannot be written ($(last))"
# Folders of images must not take over the group of the volume.
chmod g-s ${data}
exec rootlesskit --net=host --copy-up=/etc --copy-up=/run sh -c 'rm -f /run/docker /run/containerd /run/xtables.lock; exec dockerd "$@"' dockerd "$@"
`;
