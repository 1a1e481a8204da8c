import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"

/**
 * A small object in a pack: a result, a list of code files, the record of a run that has ended. The
 * etag tells whether it is still what the store has under that name.
 */
export interface Packed {
  readonly name: string
  readonly etag: string
  readonly text: string
}

const packFormat = 1

const head = `{"pack":${packFormat}}`

/** Many objects as one compressed text: one per line. */
export const writePack = async (objects: Iterable<Packed>): Promise<Buffer> => {
  const lines = [head, ...[...objects].map(({ name, etag, text }) => JSON.stringify([name, etag, text]))]
  return promisify(gzip)(lines.join("\n"))
}

/**
 * The objects in a pack; none where it is damaged, or of another format. It repeats what is
 * elsewhere.
 */
export const readPack = async (bytes: Uint8Array): Promise<ReadonlyArray<Packed>> => {
  try {
    const [first, ...lines] = (await promisify(gunzip)(bytes)).toString().split("\n")
    if (first !== head) return []
    return lines.map((line) => {
      const [name, etag, text] = JSON.parse(line) as [string, string, string]
      return { name, etag, text }
    })
  } catch {
    return []
  }
}

/** Packs are read newest first: their names begin with when they were written. */
export const packName = (digest: string, nowMs: number): string =>
  `packs/${new Date(nowMs).toISOString().replaceAll(":", "-")}.${digest.slice(0, 16)}.gz`
