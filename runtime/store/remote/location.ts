import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { sha256 } from "../../disk/sha256.ts"
import { BadSetting } from "../../error.ts"
import { type AwsVariables, readAccess, type S3Access } from "./s3/access.ts"

/** A store behind a local folder: a bucket, or a folder that is reached over a network. */
export type RemoteLocation =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string; readonly access: S3Access }

/** Where a store lies, as far as its text says: `s3://bucket/prefix`, `file:///path`, or a path. */
type Address =
  | { readonly kind: "folder"; readonly folder: string; readonly isUrl: boolean }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string }

/** Relative paths start from `from`. Null for a URL that names no store. */
export const parseAddress = (text: string, from: string): Address | null => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return { kind: "folder", folder: path.resolve(from, text), isUrl: false }
  if (scheme === "file") return folderOf(text)
  if (scheme !== "s3") return null
  const [, bucket = "", rest = ""] = /^s3:\/\/([^/?#]*)\/?(.*)$/i.exec(text) ?? []
  const prefix = rest.split("/").filter((part) => part !== "")
  const isName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)
  return isName && prefix.every((part) => !/^\.\.?$/.test(part)) ? { kind: "s3", bucket, prefix: prefix.join("/") } : null
}

const folderOf = (url: string): Address | null => {
  try {
    return { kind: "folder", folder: fileURLToPath(url), isUrl: true }
  } catch {
    return null
  }
}

/** The store that a text names, with all that it takes to reach it. */
export const readLocation = (
  text: string,
  { variable, from, environment }: { readonly variable: string; readonly from: string; readonly environment: AwsVariables },
): Effect.Effect<RemoteLocation & { readonly isUrl: boolean }, BadSetting> => {
  const address = parseAddress(text, from)
  if (address === null) {
    const message = `${variable} is "${text}": give a folder, file:///folder, or s3://bucket/prefix`
    return Effect.fail(new BadSetting({ variable, value: text, message }))
  }
  if (address.kind === "folder") return Effect.succeed(address)
  return Effect.map(readAccess(environment), (access) => ({ ...address, access, isUrl: true }))
}

/** The location as a user writes it. It holds no credentials. */
export const locationName = (location: RemoteLocation): string =>
  location.kind === "folder" ? location.folder : `s3://${[location.bucket, location.prefix].filter((part) => part !== "").join("/")}`

/** What tells one remote store from another, as the name of a folder. */
export const cacheName = (location: RemoteLocation): string => {
  const [base, identity] =
    location.kind === "folder"
      ? [path.basename(location.folder), location.folder]
      : [location.bucket, `${location.access.endpoint} ${locationName(location)}`]
  return `${base}-${sha256("remote store", identity).slice(0, 12)}`
}
