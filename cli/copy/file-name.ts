/** A name as that of a file or folder: what a file system may not like becomes `_`. */
export const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}_.,='-]/gu, "_").replace(/^\.+/, "_")
