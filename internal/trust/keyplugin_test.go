package trust

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/common"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"
)

// TestMain lets this program be a plugin: one of upstream's making, for a key in
// a file, or one that misbehaves.
func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix); ok {
		os.Exit(plugin(name))
	}
	os.Exit(m.Run())
}

func plugin(name string) int {
	args, err := handler.GetPluginArgs(os.Args)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	switch name {
	case "file":
		fmt.Fprintln(os.Stderr, "touch the key")
		if _, err := handler.Dispatch(os.Stdout, os.Stdin, args, fileKMS{args.InitOptions}); err != nil {
			return 1
		}
	case "fails": // after a good answer
		_, _ = handler.Dispatch(os.Stdout, os.Stdin, args, fileKMS{args.InitOptions})
		return 7
	case "nothing":
		fmt.Print("{}")
	case "unsigned":
		if args.MethodName == common.SignMessageMethodName {
			fmt.Print("{}")
			return 0
		}
		_, _ = handler.Dispatch(os.Stdout, os.Stdin, args, fileKMS{args.InitOptions})
	case "twice":
		fmt.Print(`{"publicKey":{"publicKeyPEM":""},"publicKey":{"publicKeyPEM":""}}`)
	case "endless":
		for {
			if _, err := os.Stdout.Write(bytes.Repeat([]byte(" "), 1<<16)); err != nil {
				return 1
			}
		}
	case "slow":
		fmt.Fprintln(os.Stderr, "touch the key")
		time.Sleep(time.Hour)
	case "environment":
		_ = handler.WriteErrorResponse(os.Stdout, errors.New(strings.Join(os.Environ(), " ")))
	}
	return 0
}

// fileKMS is a key management service whose keys are files.
type fileKMS struct{ init *common.InitOptions }

func (k fileKMS) key() (signature.SignerVerifier, error) {
	pem, err := os.ReadFile(k.init.KeyResourceID)
	if err != nil {
		return nil, err
	}
	key, err := cryptoutils.UnmarshalPEMToPrivateKey(pem, nil)
	if err != nil {
		return nil, err
	}
	return signature.LoadSignerVerifier(key, k.init.HashFunc)
}

func (k fileKMS) PublicKey(o ...signature.PublicKeyOption) (crypto.PublicKey, error) {
	key, err := k.key()
	if err != nil {
		return nil, err
	}
	return key.PublicKey(o...)
}

func (k fileKMS) SignMessage(message io.Reader, o ...signature.SignOption) ([]byte, error) {
	key, err := k.key()
	if err != nil {
		return nil, err
	}
	return key.SignMessage(message, o...)
}

func (k fileKMS) VerifySignature(io.Reader, io.Reader, ...signature.VerifyOption) error {
	return errors.New("not asked for")
}
func (k fileKMS) DefaultAlgorithm() string                                    { return "" }
func (k fileKMS) SupportedAlgorithms() []string                               { return nil }
func (k fileKMS) CreateKey(context.Context, string) (crypto.PublicKey, error) { return nil, nil }
func (k fileKMS) CryptoSigner(context.Context, func(error)) (crypto.Signer, crypto.SignerOpts, error) {
	return nil, nil, errors.New("not asked for")
}

// installPlugin puts this program on the PATH under a plugin's name.
func installPlugin(t *testing.T, name string) (dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, pluginPrefix+name)); err != nil {
		t.Skip(err)
	}
	t.Setenv("PATH", dir)
	return dir
}

func TestPluginKey(t *testing.T) {
	for _, algorithm := range []string{"ecdsa-p256", "ed25519"} {
		t.Run(algorithm, func(t *testing.T) {
			installPlugin(t, "file")
			key := mustGenerate(t, algorithm)
			path := writeKey(t, mustHave[[]byte](t)(cryptoutils.MarshalPrivateKeyToPEM(key)))
			var stderr bytes.Buffer
			k, err := OpenPluginKey(t.Context(), "file://"+path, nil, &stderr)
			if err != nil {
				t.Fatal(err)
			}
			if err := cryptoutils.EqualKeys(k.Public(), key.Public()); err != nil {
				t.Fatal(err)
			}
			if algorithm == "ed25519" {
				signed, err := k.Sign(nil, []byte("widget"), crypto.Hash(0))
				if err != nil || !ed25519.Verify(key.Public().(ed25519.PublicKey), []byte("widget"), signed) {
					t.Errorf("a whole message: %v", err)
				}
			} else {
				sum := sha256.Sum256([]byte("widget"))
				signed, err := k.SignContext(t.Context(), sum[:], crypto.SHA256)
				if err != nil || !ecdsa.VerifyASN1(key.Public().(*ecdsa.PublicKey), sum[:], signed) {
					t.Errorf("a digest: %v", err)
				}
			}
			if stderr.String() != "touch the key\ntouch the key\n" {
				t.Errorf("the plugin said %q", stderr.String())
			}
		})
	}
}

func TestPluginKeyRefuses(t *testing.T) {
	path := writeKey(t, mustHave[[]byte](t)(cryptoutils.MarshalPrivateKeyToPEM(mustGenerate(t, "ecdsa-p256"))))
	tests := map[string]struct {
		plugin, resource, want string
		operator               bool
	}{
		"no key":                  {"file", "/nowhere", "no such file", false},
		"exits in failure":        {"fails", path, "exit status 7", false},
		"empty answer":            {"nothing", path, "no public key", false},
		"two answers in one":      {"twice", path, "duplicate", false},
		"endless answer":          {"endless", path, "sigstore-kms-endless", false},
		"name that leaves PATH":   {"../file", path, "want NAME://ID", true},
		"name with a slash":       {"/bin/file", path, "want NAME://ID", true},
		"name that is empty":      {"", path, "want NAME://ID", true},
		"program that is missing": {"missing", path, "not found", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if pluginName.MatchString(tc.plugin) && tc.plugin != "missing" {
				installPlugin(t, tc.plugin)
			} else {
				t.Setenv("PATH", t.TempDir())
			}
			_, err := OpenPluginKey(t.Context(), tc.plugin+"://"+tc.resource, nil, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, ErrKey) != tc.operator {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestPluginIsNotOfThisFolder: a program that lies where one happens to work is
// none that was installed.
func TestPluginIsNotOfThisFolder(t *testing.T) {
	dir := installPlugin(t, "file")
	t.Chdir(dir)
	for _, path := range []string{".", "", "./"} {
		t.Setenv("PATH", path)
		if _, err := OpenPluginKey(t.Context(), "file://x", nil, io.Discard); !errors.Is(err, exec.ErrDot) && !errors.Is(err, exec.ErrNotFound) {
			t.Errorf("PATH=%q: %v", path, err)
		}
	}
}

func TestPluginGivesNoSignature(t *testing.T) {
	installPlugin(t, "unsigned")
	path := writeKey(t, mustHave[[]byte](t)(cryptoutils.MarshalPrivateKeyToPEM(mustGenerate(t, "ecdsa-p256"))))
	k, err := OpenPluginKey(t.Context(), "unsigned://"+path, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); err == nil || !strings.Contains(err.Error(), "no signature") {
		t.Errorf("got %v", err)
	}
}

// TestPluginSeesNoToken, nor anything else that is withheld.
func TestPluginSeesNoToken(t *testing.T) {
	installPlugin(t, "environment")
	environ := []string{"HSM_PIN=1234", "COSIGN_PASSWORD=horse"}
	for _, name := range TokenVariables {
		environ = append(environ, name+"=secret")
	}
	_, err := OpenPluginKey(t.Context(), "environment://x", Environment(environ, "COSIGN_PASSWORD"), io.Discard)
	if err == nil || !strings.HasSuffix(err.Error(), ": HSM_PIN=1234") {
		t.Errorf("it saw %v", err)
	}
}

func TestPluginIsCancelled(t *testing.T) {
	installPlugin(t, "slow")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := OpenPluginKey(ctx, "slow://x", nil, writerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	})); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
