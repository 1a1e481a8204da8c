/** A file that code was made from. */
export interface NamedFile {
  /** Relative to the module's folder, or to Assay's as `assay:…`; the same wherever they lie. */
  readonly name: string
  readonly sha256: string
}

/** A list of files under the digest of all of it. */
export interface CodeFiles {
  readonly digest: string
  readonly list: ReadonlyArray<NamedFile>
}
