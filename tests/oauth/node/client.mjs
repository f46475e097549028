// An agency's system written by somebody else: oauth4webapi (certified, by the author of jose) does what the gateway asks
// for, without knowing it. Reads {issuer, resource, clientId, algorithm, jwk, details, records} from stdin, where `records`
// is a resource server {audience, clientId, jwk}; writes what happened to stdout.
import { readFileSync } from "node:fs";
import * as oauth from "oauth4webapi";

const { issuer, resource, clientId, algorithm, jwk, details, records } = JSON.parse(readFileSync(0, "utf-8"));
const loopback = { [oauth.allowInsecureRequests]: true };
const WEB_CRYPTO = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  Ed25519: { name: "Ed25519" },
  PS256: { name: "RSA-PSS", hash: "SHA-256" },
};

const issuerUrl = new URL(issuer);
const discovered = await oauth.discoveryRequest(issuerUrl, { algorithm: "oauth2", ...loopback });
const server = await oauth.processDiscoveryResponse(issuerUrl, discovered);

const key = await crypto.subtle.importKey("jwk", jwk, WEB_CRYPTO[algorithm], false, ["sign"]);
const client = { client_id: clientId };
const authentication = oauth.PrivateKeyJwt({ key, kid: jwk.kid });
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));

async function grant(scope, more = {}) {
  const asked = { scope, ...more };
  const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, asked, { DPoP, ...loopback });
  return oauth.processClientCredentialsResponse(server, client, answer);
}

async function withNonce(request) {
  try {
    return { challenged: false, value: await request() };
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return { challenged: true, value: await request() };
  }
}

let sent;
async function call(token) {
  const customFetch = (url, options) => {
    sent = new Request(url, options);
    return fetch(url, options);
  };
  const options = { DPoP, ...loopback, [oauth.customFetch]: customFetch };
  return oauth.protectedResourceRequest(token, "POST", new URL(`${resource}/referrals?page=1`), new Headers(), null, options);
}

const first = await withNonce(() => grant("referrals:send"));
const second = await withNonce(() => grant("inbox:read"));
const token = first.value.access_token;
const answer = await call(token);
const caller = await answer.json();
// The library's own resource server reads the same request: token form (RFC 9068), key set, binding and proof (RFC 9449).
const claims = await oauth.validateJwtAccessToken(server, sent, resource, { requireDPoP: true, ...loopback });

// A token for a resource server of somebody's own, limited to a few acts; that server asks about it.
const forRecords = await grant("referrals:send", {
  resource: records.audience,
  authorization_details: JSON.stringify(details),
});
const recordsKey = await crypto.subtle.importKey("jwk", records.jwk, WEB_CRYPTO.ES256, false, ["sign"]);
async function introspected(text) {
  const asker = { client_id: records.clientId };
  const proving = oauth.PrivateKeyJwt({ key: recordsKey, kid: records.jwk.kid });
  const answered = await oauth.introspectionRequest(server, asker, proving, text, loopback);
  return oauth.processIntrospectionResponse(server, asker, answered);
}
const told = await introspected(forRecords.access_token);
const foreign = await introspected(token);

const refused = await grant("everything").catch((error) => error.error ?? error.cause);
const revoked = await oauth.revocationRequest(server, client, authentication, token, loopback);
await oauth.processRevocationResponse(revoked);
const afterwards = await call(token).catch((error) => error.cause?.[0]?.parameters?.error);

process.stdout.write(
  JSON.stringify({
    challenged: [first.challenged, second.challenged],
    scopes: [first.value.scope, second.value.scope],
    tokenType: first.value.token_type,
    expiresIn: first.value.expires_in,
    called: answer.status,
    caller,
    readByTheLibrary: { client: claims.client_id, audience: claims.aud, scope: claims.scope },
    granted: forRecords.authorization_details,
    introspected: {
      active: told.active,
      client: told.client_id,
      audience: told.aud,
      bound: Object.keys(told.cnf),
      details: told.authorization_details,
    },
    foreign,
    refused,
    revoked: revoked.status,
    afterwards,
  }),
);
