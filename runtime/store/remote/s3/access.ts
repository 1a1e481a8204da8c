import * as os from "node:os"
import * as path from "node:path"
import { Effect, Redacted } from "effect"
import { textOf } from "../../../disk/text.ts"
import { BadSetting } from "../../../error.ts"
import { sectionOf } from "./ini.ts"

/** The variables by which programs find S3 and their rights there. */
export interface AwsVariables {
  /** URL of a service of S3's protocol, such as `http://host:9000`. Default: Amazon's. */
  readonly AWS_ENDPOINT_URL?: string | undefined
  /** The same, for S3 only: it goes before `AWS_ENDPOINT_URL`. */
  readonly AWS_ENDPOINT_URL_S3?: string | undefined
  /** Region of the bucket. Default: that of the profile, else `us-east-1`. */
  readonly AWS_REGION?: string | undefined
  /** The same, where `AWS_REGION` is not set. */
  readonly AWS_DEFAULT_REGION?: string | undefined
  /** Name of the key by which a bucket is read and written. Default: that of the profile. */
  readonly AWS_ACCESS_KEY_ID?: string | undefined
  /** Its secret, which Assay never prints or stores. */
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined
  /** What goes with a key that is valid for some time. */
  readonly AWS_SESSION_TOKEN?: string | undefined
  /** Profile of the AWS command line's files. Default: `default`. */
  readonly AWS_PROFILE?: string | undefined
  /** File with the keys of profiles. Default: `~/.aws/credentials`. */
  readonly AWS_SHARED_CREDENTIALS_FILE?: string | undefined
  /** File with the regions and endpoints of profiles. Default: `~/.aws/config`. */
  readonly AWS_CONFIG_FILE?: string | undefined
}

/** How a service of S3's protocol is reached. */
export interface S3Access {
  /** A URL without a path; null for Amazon's own of the region. */
  readonly endpoint: string | null
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken: Redacted.Redacted<string> | null
}

/**
 * From the variables; where they hold no key, from the profile AWS_PROFILE (or `default`) of the
 * files that the AWS command line writes.
 */
export const readAccess = (environment: AwsVariables): Effect.Effect<S3Access, BadSetting> =>
  Effect.suspend(() => {
    const profile = profileOf(environment)
    const isGiven = isSet(environment.AWS_ACCESS_KEY_ID) && isSet(environment.AWS_SECRET_ACCESS_KEY)
    const [accessKeyId, secret, token] = isGiven
      ? [environment.AWS_ACCESS_KEY_ID, environment.AWS_SECRET_ACCESS_KEY, environment.AWS_SESSION_TOKEN]
      : [profile.aws_access_key_id, profile.aws_secret_access_key, profile.aws_session_token]
    if (!isSet(accessKeyId) || !isSet(secret)) {
      const variable = isSet(environment.AWS_ACCESS_KEY_ID) ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID"
      const message = `${variable} is not set, and the profile ${profileName(environment)} of ~/.aws/credentials has no key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE`
      return Effect.fail(new BadSetting({ variable, value: "", message }))
    }
    const endpoint = first(environment.AWS_ENDPOINT_URL_S3, environment.AWS_ENDPOINT_URL, profile.endpoint_url)
    if (endpoint !== null && !isEndpoint(endpoint)) {
      const message = `the endpoint of S3 is "${withoutUser(endpoint)}": give AWS_ENDPOINT_URL as http://host:port or https://host`
      return Effect.fail(new BadSetting({ variable: "AWS_ENDPOINT_URL", value: withoutUser(endpoint), message }))
    }
    return Effect.succeed({
      endpoint: endpoint?.replace(/\/+$/, "") ?? null,
      region: first(environment.AWS_REGION, environment.AWS_DEFAULT_REGION, profile.region) ?? "us-east-1",
      accessKeyId,
      secretAccessKey: Redacted.make(secret, { label: "AWS_SECRET_ACCESS_KEY" }),
      sessionToken: isSet(token) ? Redacted.make(token, { label: "AWS_SESSION_TOKEN" }) : null,
    })
  })

const isSet = (value: string | undefined): value is string => value !== undefined && value !== ""

const first = (...values: ReadonlyArray<string | undefined>): string | null => values.find(isSet) ?? null

const profileName = ({ AWS_PROFILE }: AwsVariables): string => first(AWS_PROFILE) ?? "default"

/** Both files together: in the second, profiles other than the default have a prefix. */
const profileOf = (environment: AwsVariables): Readonly<Record<string, string>> => {
  const name = profileName(environment)
  const read = (file: string, section: string) => sectionOf(readable(file), section)
  const folder = path.join(os.homedir(), ".aws")
  return {
    ...read(first(environment.AWS_CONFIG_FILE) ?? path.join(folder, "config"), name === "default" ? name : `profile ${name}`),
    ...read(first(environment.AWS_SHARED_CREDENTIALS_FILE) ?? path.join(folder, "credentials"), name),
  }
}

const readable = (file: string): string => {
  try {
    return textOf(file) ?? ""
  } catch {
    return ""
  }
}

const isEndpoint = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" && url.username === ""
}

/** A URL may hold a password in front of its host. */
const withoutUser = (url: string): string => url.replace(/\/\/[^/]*@/, "//")
