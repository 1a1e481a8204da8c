import { s3Store } from "../../../runtime/store/remote/s3/s3-store.ts"
import type { SharedStore } from "../../runtime/store/remote/shared-store-laws.ts"
import { key, type S3Server, secret } from "./s3.ts"

let count = 0

/** A store of its own in a bucket, by the variables that name it. */
export const sharedStoreIn = ({ access, endpoint }: S3Server, bucket: string, through = endpoint): SharedStore => {
  count += 1
  const prefix = `team/${count}`
  const environment = {
    ASSAY_STORE: `s3://${bucket}/${prefix}`,
    AWS_ENDPOINT_URL: through,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
  }
  return { environment, objects: s3Store({ bucket, prefix, access }) }
}
