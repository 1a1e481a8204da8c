import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Redacted } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { Settings, type SettingsShape } from "../../../../runtime/index.ts"
import type { Variables } from "../../../../runtime/settings.ts"
import { locationName, parseAddress } from "../../../../runtime/store/remote/location.ts"
import { sectionOf } from "../../../../runtime/store/remote/s3/ini.ts"
import { assayRoot } from "../../project.ts"

const newFolder = (): string => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-location-")))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  fs.writeFileSync(path.join(root, "package.json"), "{}")
  return root
}

const keys = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "very-secret" }
const nowhere = { AWS_SHARED_CREDENTIALS_FILE: "/nonexistent", AWS_CONFIG_FILE: "/nonexistent" }

const read = (workingDirectory: string, environment: Variables): Promise<SettingsShape> =>
  Effect.runPromise(
    Effect.gen(function* () {
      return yield* Settings
    }).pipe(Effect.provide(Settings.layer({ assayRoot, workingDirectory, environment: { ...nowhere, ...environment } }))),
  )

test("a folder, a path from the project root and a file URL name the same store, and no remote one", async () => {
  const root = newFolder()
  for (const ASSAY_STORE of ["results", path.join(root, "results"), `file://${root}/results`])
    expect(await read(root, { ASSAY_STORE })).toMatchObject({ store: path.join(root, "results"), remote: null })
  expect(await read(root, {})).toMatchObject({ store: path.join(root, ".assay"), remote: null })
})

test("a bucket is read through a folder that has its name, and another for another endpoint or prefix", async () => {
  const root = newFolder()
  const stores = await Promise.all([
    read(root, { ...keys, ASSAY_STORE: "s3://bucket/some/prefix/" }),
    read(root, { ...keys, ASSAY_STORE: "s3://bucket/some" }),
    read(root, { ...keys, ASSAY_STORE: "s3://bucket/some/prefix", AWS_ENDPOINT_URL: "http://127.0.0.1:9000" }),
  ])
  expect(new Set(stores.map(({ store }) => store)).size).toBe(3)
  for (const { store } of stores) expect(path.relative(root, store)).toMatch(/^\.assay-cache\/bucket-[0-9a-f]{12}$/)
  expect(stores[0]?.remote).toMatchObject({ kind: "s3", bucket: "bucket", prefix: "some/prefix" })
  expect(await read(root, { ...keys, ASSAY_STORE: "s3://bucket", ASSAY_STORE_CACHE: "here" })).toMatchObject({ store: `${root}/here` })
})

test("a file URL with a cache is a remote store, a plain folder is not", async () => {
  const root = newFolder()
  const cached = await read(root, { ASSAY_STORE: "file:///shared/store", ASSAY_STORE_CACHE: "cache" })
  expect(cached).toMatchObject({ store: `${root}/cache`, remote: { kind: "folder", folder: "/shared/store" } })
  expect(await read(root, { ASSAY_STORE: "/shared/store", ASSAY_STORE_CACHE: "cache" })).toMatchObject({
    store: "/shared/store",
    remote: null,
  })
})

test("the secret is in no text of the settings", async () => {
  const settings = await read(newFolder(), { ...keys, AWS_SESSION_TOKEN: "secret-token", ASSAY_STORE: "s3://bucket/prefix" })
  const { remote } = settings
  if (remote?.kind !== "s3") throw new Error("expected a bucket")
  expect(`${JSON.stringify(settings)} ${String(remote.access.secretAccessKey)} ${locationName(remote)}`).not.toMatch(
    /secret-token|very-secret/,
  )
  expect(Redacted.value(remote.access.secretAccessKey)).toBe("very-secret")
})

test("keys, region and endpoint come from the profile where the variables hold none", async () => {
  const root = newFolder()
  fs.writeFileSync(
    `${root}/credentials`,
    "[default]\naws_access_key_id = one\naws_secret_access_key = 1\n\n[other]\naws_access_key_id=two\naws_secret_access_key= 2 \n",
  )
  fs.writeFileSync(`${root}/config`, "[profile other]\nregion = eu-west-3\nendpoint_url = http://127.0.0.1:9\ns3 =\n  max_queue_size = 1\n")
  const files = { AWS_SHARED_CREDENTIALS_FILE: `${root}/credentials`, AWS_CONFIG_FILE: `${root}/config`, ASSAY_STORE: "s3://bucket" }
  expect((await read(root, files)).remote).toMatchObject({ access: { accessKeyId: "one", region: "us-east-1", endpoint: null } })
  const other = { accessKeyId: "two", region: "eu-west-3", endpoint: "http://127.0.0.1:9" }
  expect((await read(root, { ...files, AWS_PROFILE: "other" })).remote).toMatchObject({ access: other })
  expect((await read(root, { ...files, ...keys, AWS_PROFILE: "other" })).remote).toMatchObject({ access: { ...other, accessKeyId: "key" } })
})

test.each([
  [{ ASSAY_STORE: "s3://bucket" }, "AWS_ACCESS_KEY_ID is not set"],
  [{ ASSAY_STORE: "s3://bucket", AWS_ACCESS_KEY_ID: "key" }, "AWS_SECRET_ACCESS_KEY is not set"],
  [{ ...keys, ASSAY_STORE: "s3://" }, 'ASSAY_STORE is "s3://": give a folder'],
  [{ ...keys, ASSAY_STORE: "s3://bucket/../other" }, "give a folder"],
  [{ ...keys, ASSAY_STORE: "gs://bucket" }, 'ASSAY_STORE is "gs://bucket"'],
  [{ ...keys, ASSAY_STORE: "s3://bucket", AWS_ENDPOINT_URL: "http://me:password@host/x" }, 'the endpoint of S3 is "http://host/x"'],
])("settings %j are refused", async (environment, message) => {
  await expect(read(newFolder(), environment)).rejects.toThrow(message)
})

test("an address is a folder unless it has a scheme", () => {
  expect(parseAddress("C:store", "/here")).toMatchObject({ kind: "folder" })
  expect(parseAddress("https://host/store", "/here")).toBeNull()
})

test("sections of an INI file end at the next one, and comments are no entries", () => {
  const text = "[a]\nx = 1\n# y = 2\n; z = 3\n[ b ]\nx=2\n"
  expect(sectionOf(text, "a")).toEqual({ x: "1" })
  expect(sectionOf(text, "b")).toEqual({ x: "2" })
  expect(sectionOf(text, "c")).toEqual({})
})
