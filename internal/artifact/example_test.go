package artifact_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/hallmark-project/hallmark/internal/artifact"
)

func ExampleCollect() {
	sums := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 *docs/empty.txt\n"
	set, err := artifact.Collect(context.Background(),
		[]string{"widget.zip@sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"},
		artifact.Options{Checksums: []string{"-"}, Stdin: strings.NewReader(sums)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range set.Artifacts {
		fmt.Println(a.Name, a.Digest["sha256"][:8])
	}
	// Output:
	// docs/empty.txt e3b0c442
	// widget.zip 9834876d
}
