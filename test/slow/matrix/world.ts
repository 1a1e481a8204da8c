import * as fs from "node:fs"
import * as path from "node:path"

/** A project of a user's on which faults are tried: files, links and packages. */
export interface World {
  readonly root: string
  readonly write: (file: string, text: string) => void
  /** Replaces a symbolic link, or makes it. */
  readonly link: (file: string, target: string) => void
  readonly remove: (file: string) => void
  /** Replaces a file's text by one of equal length, leaving its modification time as it was. */
  readonly forge: (file: string, text: string) => void
  readonly packageOf: (folder: string, fields: object, files: Readonly<Record<string, string>>) => void
}

export const world = (root: string): World => {
  const at = (file: string): string => path.join(root, file)
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(at(file)), { recursive: true })
    fs.writeFileSync(at(file), text)
  }
  const remove = (file: string): void => fs.rmSync(at(file), { recursive: true, force: true })
  return {
    root,
    write,
    remove,
    link: (file, target) => {
      fs.mkdirSync(path.dirname(at(file)), { recursive: true })
      remove(file)
      fs.symlinkSync(target, at(file))
    },
    forge: (file, text) => {
      const { size, atime, mtime } = fs.statSync(at(file))
      if (Buffer.byteLength(text) !== size) throw new Error(`${file} would change its length`)
      fs.writeFileSync(at(file), text)
      fs.utimesSync(at(file), atime, mtime)
    },
    packageOf: (folder, fields, files) => {
      write(`${folder}/package.json`, JSON.stringify({ name: path.basename(folder), version: "1.0.0", main: "index.js", ...fields }))
      for (const [file, text] of Object.entries(files)) write(`${folder}/${file}`, text)
    },
  }
}

/** Numbers below 2³² that follow from a seed. */
export const numbers = (seed: number): ((below: number) => number) => {
  let state = (seed * 2654435761) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
