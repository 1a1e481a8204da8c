/** The files of the page, `index.html` among them, and the files they were made from. */
export const bundleClient: (root: string) => Promise<{
  readonly outputs: ReadonlyArray<{ readonly name: string; readonly contents: Uint8Array }>
  /** From the root. */
  readonly inputs: ReadonlyArray<string>
}>
