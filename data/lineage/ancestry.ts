/** A finished stage as lineage sees it: what it took and gave, by logical digest. */
export interface Result {
  readonly key: string
  /** The name of the stage's declaration. */
  readonly stage: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** `artifact` is the name of the type that the port takes. */
  readonly inputs: ReadonlyArray<{ readonly port: string; readonly artifact: string; readonly digest: string }>
  readonly outputs: ReadonlyArray<{ readonly name: string; readonly artifact: string; readonly digest: string }>
}

/** An artifact and where it is from. */
export interface Ancestor {
  readonly digest: string
  /** The name of its type. */
  readonly artifact: string
  /** The result that it is an output of; null for a file from outside. */
  readonly from: { readonly result: Result; readonly output: string } | null
  /** How many stages lie between it and the artifact that was asked about. */
  readonly distance: number
}

/**
 * The artifact of this digest and all that it was made of, each once, the nearest first; empty if
 * no result knows the digest. Where several results gave one artifact (of which it cannot be told
 * which was used, nor does it matter) the first is named: put those of the run in question first.
 */
export const ancestry = (digest: string, results: ReadonlyArray<Result>): ReadonlyArray<Ancestor> => {
  const makers = new Map<string, Ancestor["from"] & object>()
  const types = new Map<string, string>()
  for (const result of results) {
    for (const { name, digest, artifact } of result.outputs) {
      if (!makers.has(digest)) makers.set(digest, { result, output: name })
      types.set(digest, artifact)
    }
  }
  for (const { inputs } of results) for (const { digest, artifact } of inputs) if (!types.has(digest)) types.set(digest, artifact)
  if (!types.has(digest)) return []
  const found = new Map<string, Ancestor>()
  let nearest: ReadonlyArray<string> = [digest]
  for (let distance = 0; nearest.length > 0; distance++) {
    const next: Array<string> = []
    for (const each of nearest) {
      if (found.has(each)) continue
      const from = makers.get(each) ?? null
      found.set(each, { digest: each, artifact: types.get(each) ?? "file", from, distance })
      for (const input of from?.result.inputs ?? []) next.push(input.digest)
    }
    nearest = next
  }
  return [...found.values()]
}
