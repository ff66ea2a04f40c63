// peer.mjs does with sigstore-js what its standard input asks for, one request a
// line, and answers each with a line: {} when it is done or verified, {code,
// message} when sigstore-js refuses.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createPublicKey } from "node:crypto";
import { bundleFromJSON, bundleToJSON } from "@sigstore/bundle";
import { SigningConfig, TrustedRoot } from "@sigstore/protobuf-specs";
import { bundleBuilderFromSigningConfig } from "@sigstore/sign";
import * as verify from "@sigstore/verify";
import { attest } from "sigstore";
import * as verify3 from "verify-3";

const statementType = "application/vnd.in-toto+json";
const readJSON = (path) => JSON.parse(readFileSync(path, "utf8"));

const peer = {
  // sign makes a bundle of a file's bytes, attest one of a statement.
  async sign({ config, token, file, out }) {
    const bundle = await builder("messageSignature", config, token).create({ data: readFileSync(file) });
    writeFileSync(out, JSON.stringify(bundleToJSON(bundle)));
  },
  async attest({ config, token, file, out }) {
    const bundle = await builder("dsseEnvelope", config, token).create({ data: readFileSync(file), type: statementType });
    writeFileSync(out, JSON.stringify(bundleToJSON(bundle)));
  },

  // attestOlder makes the bundle of version 0.2 that registries have the most of:
  // with a chain of certificates, and logged as intoto.
  async attestOlder({ config, token, file, out }) {
    const services = SigningConfig.fromJSON(readJSON(config));
    const bundle = await attest(readFileSync(file), statementType, {
      fulcioURL: services.caUrls[0].url,
      rekorURL: services.rekorTlogUrls[0].url,
      identityToken: token,
      legacyCompatibility: true,
    });
    writeFileSync(out, JSON.stringify(bundle));
  },

  // verify wants log entries, trusted times and the signer: a certificate with
  // exactly this identity, or a key. Version 3 of the verifier came with many an
  // npm, and does not know statements in a Rekor v2 log (sigstore-js#1677).
  async verify({ by, root, bundle, file, identity, issuer, key, logs, times }) {
    const { toSignedEntity, toTrustMaterial, Verifier } = by === "version 3" ? verify3 : verify;
    const keys = () => ({ publicKey: createPublicKey(readFileSync(key)), validFor: () => true });
    const trusted = toTrustMaterial(TrustedRoot.fromJSON(readJSON(root)), keys);
    const verifier = new Verifier(trusted, { tlogThreshold: logs, timestampThreshold: times });
    const entity = toSignedEntity(bundleFromJSON(readJSON(bundle)), file && readFileSync(file));
    const policy = key ? {} : { subjectAlternativeName: exactly(identity), extensions: { issuer } };
    const signer = verifier.verify(entity, policy);
    if (!key && !signer.identity) {
      throw Object.assign(new Error("no certificate"), { code: "UNTRUSTED_SIGNER_ERROR" });
    }
  },
};

function builder(bundleType, config, token) {
  return bundleBuilderFromSigningConfig({
    bundleType,
    signingConfig: SigningConfig.fromJSON(readJSON(config)),
    identityProvider: { getToken: async () => token },
  });
}

// exactly is the pattern that matches this text alone: sigstore-js takes an
// identity for a regular expression.
function exactly(text) {
  return "^" + text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") + "$";
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer = {};
  try {
    await peer[request.do](request);
  } catch (error) {
    answer = { code: error.code || error.name, message: [error.message, error.cause?.message].filter(Boolean).join(": ") };
  }
  console.log(JSON.stringify(answer));
}
