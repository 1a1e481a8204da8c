/** The built client: one page for every path that is not the API's, and the files that it loads. */

import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
}

/** Serves the files of this folder by their names, which change with their content. */
export const clientRoutes = (folder: string) => {
  const files = new Map(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name))]))
  const page = files.get("index.html") as Uint8Array
  return HttpRouter.add(
    "GET",
    "/*",
    Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => {
      const { pathname } = new URL(url, "http://host")
      const name = pathname.slice(1)
      const found = files.get(name)
      if (found !== undefined && name !== "index.html")
        return HttpServerResponse.uint8Array(found, {
          contentType: types[path.extname(name)] ?? "application/octet-stream",
          headers: { "cache-control": "private, max-age=31536000, immutable" },
        })
      if (path.extname(pathname) in types) return HttpServerResponse.text("not found\n", { status: 404 })
      return HttpServerResponse.uint8Array(page, { contentType: types[".html"] as string, headers: { "cache-control": "no-store" } })
    }),
  )
}
