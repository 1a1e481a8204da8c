import { execFileSync } from "node:child_process"

/** A network of hosts on this machine, each a namespace of its own, whose links can be cut. */
export interface Network {
  /** Address of this machine in it. */
  readonly address: string
  readonly hosts: ReadonlyArray<Host>
  readonly close: () => void
}

export interface Host {
  /** What starts a program there. */
  readonly through: ReadonlyArray<string>
  readonly cut: () => void
  readonly mend: () => void
}

const run = (command: string): void => {
  const [program = "", ...args] = command.split(" ")
  execFileSync(program, args, { stdio: "ignore" })
}

const attempt = (command: string): boolean => {
  try {
    run(command)
    return true
  } catch {
    return false
  }
}

/** Whether such networks can be made here: as root, where the kernel allows it. */
export const hasNetworks = ((): boolean => {
  const name = `as-try-${process.pid}`
  const made = process.getuid?.() === 0 && attempt(`ip netns add ${name}`) && attempt(`ip link add asb${process.pid}x type bridge`)
  attempt(`ip netns del ${name}`)
  attempt(`ip link del asb${process.pid}x`)
  return made && attempt("nsenter --version")
})()

if (!hasNetworks) console.log("not tested: links that are cut, because network namespaces need root")

/** A bridge, and a host for each number below `count` at the other end of a link. */
export const openNetwork = (count: number): Network => {
  const id = process.pid % 100000
  const subnet = `10.${200 + (process.pid % 50)}.${(process.pid >> 6) % 250}`
  const bridge = `asb${id}`
  run(`ip link add ${bridge} type bridge`)
  run(`ip addr add ${subnet}.1/24 dev ${bridge}`)
  run(`ip link set ${bridge} up`)
  const namespace = (index: number) => `as-${id}-${index}`
  const hosts = Array.from({ length: count }, (_, index): Host => {
    const [name, near, far] = [namespace(index), `asv${id}n${index}`, `asv${id}f${index}`]
    run(`ip netns add ${name}`)
    run(`ip link add ${near} type veth peer name ${far}`)
    run(`ip link set ${far} netns ${name}`)
    run(`ip link set ${near} master ${bridge}`)
    run(`ip link set ${near} up`)
    run(`ip -n ${name} addr add ${subnet}.${index + 2}/24 dev ${far}`)
    run(`ip -n ${name} link set lo up`)
    run(`ip -n ${name} link set ${far} up`)
    return {
      // Unlike `ip netns exec`, it leaves the mounts as they are.
      through: ["nsenter", `--net=/var/run/netns/${name}`],
      cut: () => run(`ip link set ${near} down`),
      mend: () => run(`ip link set ${near} up`),
    }
  })
  return {
    address: `${subnet}.1`,
    hosts,
    close: () => {
      for (let index = 0; index < count; index++) attempt(`ip netns del ${namespace(index)}`)
      attempt(`ip link del ${bridge}`)
    },
  }
}
