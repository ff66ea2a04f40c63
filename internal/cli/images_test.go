package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Credentials are where docker login puts them, or podman login; what nobody
// has set names no file, least of all one below the current folder.
func TestDockerConfigs(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want []string
	}{
		"home":    {nil, []string{"/home/octo/.docker/config.json"}},
		"Docker":  {map[string]string{"DOCKER_CONFIG": "/d"}, []string{"/d/config.json"}},
		"Podman":  {map[string]string{"REGISTRY_AUTH_FILE": "/p.json"}, []string{"/home/octo/.docker/config.json", "/p.json"}},
		"session": {map[string]string{"XDG_RUNTIME_DIR": "/run/u"}, []string{"/home/octo/.docker/config.json", "/run/u/containers/auth.json"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", "/home/octo")
			env := &Env{LookupEnv: func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }}
			if diff := cmp.Diff(test.want, env.dockerConfigs()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
