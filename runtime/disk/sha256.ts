import { type BinaryLike, hash } from "node:crypto"

/**
 * What a digest is of, with the tag in front of it. A kind whose digest is part of a key, names
 * something in stores that exist, or is what `sha256sum` prints, has no tag and never gets one. Two
 * kinds without a tag must not be looked up in one place.
 */
const tags = {
  /** The bytes of a file. */
  content: "",
  /** The vector of a fingerprint: the key of a result. */
  key: "",
  /** The names and contents of an artifact of files: its logical digest. */
  "artifact of files": "",
  /** A folder in an artifact of files, by the artifact and its name. */
  "folder of an artifact": "folder of an artifact ",
  /** The canonical form of reachable code. */
  code: "",
  /** The names and contents of the files that code was made from. */
  "code files": "",
  /** The path of a module, for the name of its record. */
  module: "",
  /** The path of a package's folder, for the name of its record. */
  "package folder": "",
  /** What the file system says of a package's files, or what they hold; the latter tags itself. */
  "package tree": "",
  /** The text of a manifest: its seal. */
  manifest: "",
  /** A checkpoint: the names of its parts and the stage's own bytes. */
  checkpoint: "",
  /** Host, boot, namespace and start of a process. */
  process: "",
  /** A stage's id, for the order in which `verify` samples. */
  sample: "",
  /** A block of the numbers that stand in for chance in a user's stage. */
  chance: "chance ",
  /** How the stages of a run are wired: the name of the file that says it. */
  wiring: "wiring ",
  /** Endpoint, bucket and prefix of a store, or its folder: names the cache in front of it. */
  "remote store": "remote store ",
  /** All that other machines need to compute a pipeline. */
  submission: "submission ",
  /** What a worker must have to compute stages. */
  requirement: "requirement ",
  /** What an engine is built from: names its folder. */
  engine: "engine ",
  /** A part of a registration, or all of its parts. */
  registration: "registration ",
  /** Whose answers are kept: the code that computes them, or the server or program asked. */
  answers: "answers ",
  /** A row, or a request: what is answered. */
  row: "row ",
} as const

export type HashedKind = keyof typeof tags

/** The SHA-256 of something of this kind, as 64 lower-case hexadecimal digits. */
export const sha256 = (kind: HashedKind, value: BinaryLike): string => hash("sha256", tags[kind] === "" ? value : `${tags[kind]}${value}`)
