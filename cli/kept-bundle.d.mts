/** What is built from sources: files, and what they were made of, relative to the root. */
interface Made {
  readonly outputs: ReadonlyArray<{ readonly name: string; readonly contents: Uint8Array | string }>
  readonly files: ReadonlyArray<string>
}

export declare const keptBundle: (options: {
  readonly root: string
  readonly kind: string
  readonly make: () => Promise<Made>
}) => Promise<string>
