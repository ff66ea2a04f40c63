package registry

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"sync"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
	"github.com/google/go-containerregistry/pkg/authn"
)

// DockerConfig finds credentials where docker login and podman login put them,
// and asks the credential helpers that stand there. It is used in place of
// go-containerregistry's default keychain, which also looks below the current
// folder.
type DockerConfig struct {
	// Files are the configuration files that count, the first that exists.
	Files []string
	// Environ is the environment of the helpers that are asked, Stderr where
	// they speak to a person; of nil, there is none.
	Environ []string
	Stderr  io.Writer

	mu     sync.Mutex
	read   bool
	config *configfile.ConfigFile // nil where no file exists
	err    error
}

// Resolve is the registry's entry of the configuration, the repository's own
// before it. Without one the registry is asked as by anybody.
func (d *DockerConfig) Resolve(target authn.Resource) (authn.Authenticator, error) {
	d.mu.Lock() // helpers may ask a person: one at a time
	defer d.mu.Unlock()
	if !d.read {
		d.config, d.err = loadFirst(d.Files)
		d.read = true
	}
	if d.err != nil || d.config == nil {
		return authn.Anonymous, d.err
	}
	for _, key := range []string{target.String(), target.RegistryStr()} {
		if key == dockerHubHost {
			key = authn.DefaultAuthKey
		}
		entry, err := d.entry(key)
		if err != nil {
			return nil, fmt.Errorf("credentials for %s: %w", key, err)
		}
		entry.ServerAddress = "" // always set
		if entry != (types.AuthConfig{}) {
			return authn.FromConfig(authn.AuthConfig{Username: entry.Username, Password: entry.Password, Auth: entry.Auth,
				IdentityToken: entry.IdentityToken, RegistryToken: entry.RegistryToken}), nil
		}
	}
	return authn.Anonymous, nil
}

// entry is what is known for a registry or repository. A helper's word counts
// before the file's, as it does for docker; DOCKER_AUTH_CONFIG, which docker's
// library reads, before both.
func (d *DockerConfig) entry(key string) (types.AuthConfig, error) {
	helper, named := d.config.CredentialHelpers[key]
	if !named {
		helper = d.config.CredentialsStore
	}
	if helper == "" {
		return d.config.GetAuthConfig(key)
	}
	entry, err := configfile.New("").GetAuthConfig(key)
	entry.ServerAddress = ""
	if err != nil || entry != (types.AuthConfig{}) {
		return entry, err
	}
	return d.ask(helper, key)
}

// ask runs a credential helper. docker's own client would hand it all of this
// process's environment, tokens that are none of its business among it.
func (d *DockerConfig) ask(helper, key string) (types.AuthConfig, error) {
	found, err := client.Get(func(args ...string) client.Program {
		cmd := exec.Command("docker-credential-"+helper, args...)
		cmd.Env = append([]string{}, d.Environ...)
		cmd.Stderr = d.Stderr
		return program{cmd}
	}, key)
	switch {
	case credentials.IsErrCredentialsNotFound(err):
		return types.AuthConfig{}, nil
	case err != nil:
		return types.AuthConfig{}, err
	case found.Username == tokenUser:
		return types.AuthConfig{IdentityToken: found.Secret}, nil
	}
	return types.AuthConfig{Username: found.Username, Password: found.Secret}, nil
}

// tokenUser is the user name by which helpers say that the secret is a token.
const tokenUser = "<token>"

// program is a helper as docker's library runs it.
type program struct{ *exec.Cmd }

// Input is what the helper reads.
func (p program) Input(in io.Reader) { p.Stdin = in }

const maxConfig = 1 << 20 // bytes

func loadFirst(files []string) (*configfile.ConfigFile, error) {
	for _, path := range files {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		c, err := config.LoadFromReader(io.LimitReader(file, maxConfig))
		if err == nil {
			err = checkHelpers(c)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return c, nil
	}
	return nil, nil
}

// helperForm is the end of a program's name. A slash in it would name a program
// in a folder, perhaps below the current one.
var helperForm = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._-]*\z`)

func checkHelpers(c *configfile.ConfigFile) error {
	if c.CredentialsStore != "" && !helperForm.MatchString(c.CredentialsStore) {
		return fmt.Errorf("credsStore %.100q: no name of a credential helper", c.CredentialsStore)
	}
	for registry, helper := range c.CredentialHelpers {
		if helper != "" && !helperForm.MatchString(helper) {
			return fmt.Errorf("credHelpers of %.100q: %.100q is no name of a credential helper", registry, helper)
		}
	}
	return nil
}
