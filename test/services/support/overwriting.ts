import * as http from "node:http"
import type * as net from "node:net"
import { onTestFinished } from "vitest"

/** A server of objects that ignores conditions: it overwrites what it was asked to leave alone. */
export const overwritingServer = async (): Promise<string> => {
  const objects = new Map<string, Buffer>()
  const server = http.createServer((request, response) => {
    const key = (request.url ?? "").split("?")[0] ?? ""
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const isListing = (request.url ?? "").includes("list-type=2")
      const found = objects.get(key)
      if (request.method === "PUT") objects.set(key, Buffer.concat(chunks))
      if (request.method === "DELETE") objects.delete(key)
      if (isListing) return response.end("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
      if (request.method === "GET" && found === undefined) return response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>")
      return response.writeHead(200, { etag: '"1"' }).end(request.method === "GET" ? found : undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}
