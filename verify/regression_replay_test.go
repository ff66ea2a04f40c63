package verify_test

import (
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/mod/semver"
)

// A replay is one call of slsa-verifier that a row of its tables stands for.
type replay struct {
	row        row
	provenance string
	artifacts  []string
	builder    *string
}

const testGenerator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/"

// replaysOf spreads a row over the folders of releases and the spellings of
// the builder id as slsa-verifier's test does.
func replaysOf(table string, r row, data string) []replay {
	switch table {
	case "Test_runVerifyGHAArtifactPath":
		return artifactReplays(r, data)
	case "Test_runVerifyGHAContainerBased":
		var all []replay
		for _, dir := range releases(data, "gha_container-based", "") {
			path := filepath.Join(dir, r["artifacts"].([]string)[0])
			provenance := path + ".intoto.build.slsa"
			if semver.Compare(filepath.Base(dir), "v1.8.0") < 0 {
				provenance = path + ".intoto.sigstore"
			}
			for _, id := range builderIDs(r, testGenerator+"builder_container-based_slsa3.yml", filepath.Base(dir), true) {
				all = append(all, replay{r, provenance, []string{path}, id})
			}
		}
		return all
	case "Test_runVerifyGithubAttestation":
		path := filepath.Join(data, "bcr", r.text("artifact"))
		return []replay{{r, path + ".intoto.jsonl", []string{path}, r.pointer("builderID")}}
	case "Test_runVerifyNpmPackage":
		path := filepath.Join(data, "npm", "gha", r.text("artifact"))
		return []replay{{r, path + ".json", []string{path}, r.pointer("builderID")}}
	}
	return nil
}

func artifactReplays(r row, data string) []replay {
	builders := map[string]string{
		"gha_go": testGenerator + "builder_go_slsa3.yml", "gha_generic": testGenerator + "generator_generic_slsa3.yml",
		"gha_maven": testGenerator + "builder_maven_slsa3.yml", "gha_gradle": testGenerator + "builder_gradle_slsa3.yml",
		"gha_delegator": "https://github.com/slsa-framework/example-trw/.github/workflows/builder_high-perms_slsa3.yml",
	}
	dirs := []string{data}
	if r["noversion"] != true {
		names, _ := r["builders"].([]string)
		if names == nil {
			names = slices.Sorted(maps.Keys(builders))
		}
		dirs = nil
		for _, name := range names {
			dirs = append(dirs, releases(data, name, "v1.2.2")...)
		}
	}
	var all []replay
	for _, dir := range dirs {
		var paths []string
		for _, name := range r["artifacts"].([]string) {
			paths = append(paths, filepath.Join(dir, name))
		}
		kind, version := filepath.Base(filepath.Dir(dir)), filepath.Base(dir)
		provenance := paths[0] + ".intoto.jsonl"
		switch kind {
		case "gha_delegator", "gha_maven", "gha_gradle":
			provenance = paths[0] + ".build.slsa"
		}
		if p := r.text("provenancePath"); p != "" {
			provenance = filepath.Join(dir, p)
		}
		builder := builders[kind]
		if builder == "" {
			builder, version = builders["gha_generic"], ""
		}
		for _, id := range builderIDs(r, builder, version, kind != "gha_delegator") {
			all = append(all, replay{r, provenance, paths, id})
		}
	}
	return all
}

// releases are the folders of one builder's releases from a version on.
func releases(data, name, from string) []string {
	dirs, _ := filepath.Glob(filepath.Join(data, name, "v*"))
	return slices.DeleteFunc(dirs, func(dir string) bool { return from != "" && semver.Compare(filepath.Base(dir), from) < 0 })
}

func builderIDs(r row, builder, version string, optional bool) []*string {
	if id := r.pointer("pBuilderID"); id != nil {
		return []*string{id}
	}
	ids := []*string{&builder}
	if optional {
		ids = append(ids, nil)
	}
	if version != "" {
		short, long := builder+"@"+version, builder+"@refs/tags/"+version
		ids = append(ids, &short, &long)
	}
	return ids
}
