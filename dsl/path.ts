/**
 * Keys that lead to a value, as a chain: stages may be wired in chains of ten thousand, each with
 * all the keys of the one before.
 */
export interface Path {
  /** Equal paths are one object, with one number. */
  readonly order: number
  readonly keys: () => ReadonlyArray<string>
}

interface Link extends Path {
  readonly parent: Link | null
  readonly key: string
}

/** Makes paths from an empty one. */
export const paths = (): { readonly root: Path; readonly extend: (path: Path, key: string) => Path } => {
  const links = new Map<string, Link>()
  const make = (parent: Link | null, key: string): Link => {
    const link: Link = { order: links.size, parent, key, keys: () => keysOf(link) }
    links.set(`${parent?.order} ${key}`, link)
    return link
  }
  return {
    root: make(null, ""),
    extend: (path, key) => links.get(`${path.order} ${key}`) ?? make(path as Link, key),
  }
}

const keysOf = (link: Link): ReadonlyArray<string> => {
  const keys: Array<string> = []
  for (let at = link; at.parent !== null; at = at.parent) keys.push(at.key)
  return keys.reverse()
}
