package verify

// bundleShape is the shape of a bundle's JSON. protojson, which reads it,
// takes members in snake case and bytes in several spellings too; signers
// write one, and one is read.
//
// Protobuf specification, "JSON mapping".
var bundleShape = object(map[string]*shape{
	"mediaType": nil,
	"verificationMaterial": object(map[string]*shape{
		"publicKey":            names("hint"),
		"certificate":          certificateShape,
		"x509CertificateChain": object(map[string]*shape{"certificates": listOf(certificateShape, maxChain)}),
		"tlogEntries":          listOf(logEntryShape, maxLogEntries),
		"timestampVerificationData": object(map[string]*shape{
			"rfc3161Timestamps": listOf(object(map[string]*shape{"signedTimestamp": base64Bytes}), maxTimestamps)}),
	}),
	"messageSignature": object(map[string]*shape{
		"messageDigest": object(map[string]*shape{"algorithm": nil, "digest": base64Bytes}),
		"signature":     base64Bytes,
	}),
	"dsseEnvelope": object(map[string]*shape{
		"payload":     base64Bytes,
		"payloadType": nil,
		"signatures":  listOf(object(map[string]*shape{"sig": base64Bytes, "keyid": nil}), maxSignatures),
	}),
})

var certificateShape = object(map[string]*shape{"rawBytes": base64Bytes})

var logEntryShape = object(map[string]*shape{
	"logIndex":         nil,
	"logId":            object(map[string]*shape{"keyId": base64Bytes}),
	"kindVersion":      names("kind", "version"),
	"integratedTime":   nil,
	"inclusionPromise": object(map[string]*shape{"signedEntryTimestamp": base64Bytes}),
	"inclusionProof": object(map[string]*shape{
		"logIndex": nil, "treeSize": nil, "rootHash": base64Bytes,
		"hashes":     listOf(base64Bytes, maxProofHashes),
		"checkpoint": names("envelope"),
	}),
	"canonicalizedBody": base64Bytes,
})
