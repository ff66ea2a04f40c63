package report

import (
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var screenshot = flag.String("screenshot", "", "`FILE` to keep a picture of the page in, as PNG")

// TestReviewInBrowser looks at the pages as people do: by eye, light or dark, on
// paper, on a telephone, by keyboard, and with axe for those who cannot see it.
func TestReviewInBrowser(t *testing.T) {
	axe, err := os.ReadFile("axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("needs axe-core: npm ci --prefix internal/report/axe")
	}
	b := startBrowser(t)
	defer b.close()
	hostile := sampleReview()
	poison(reflect.ValueOf(hostile), `<img src="http://127.0.0.1:9/x" onerror="alert(1)">`+strings.Repeat("w", 200))
	for name, page := range map[string]interface{ HTML(io.Writer) error }{
		"sample": sampleReview(), "unsigned": unsignedReview(), "hostile": hostile, "index": sampleReviews(),
	} {
		path := writePage(t, page)
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.open(path)
			b.wantKeyboard()
			for _, width := range []int{360, 1000} {
				b.wantWidth(width)
			}
			b.eval(string(axe), nil)
			for _, scheme := range []string{"light", "dark"} {
				b.call("Emulation.setEmulatedMedia", params{"features": []params{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
				b.wantAccessible(scheme)
			}
			b.wantPrinted()
			b.wantQuiet(path)
		})
	}
	b.t = t
	if *screenshot != "" {
		b.open(writePage(t, sampleReview()))
		b.keepPicture(*screenshot)
	}
}

func writePage(t *testing.T, page interface{ HTML(io.Writer) error }) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "review.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := page.HTML(f); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantKeyboard goes through the page by the tabulator: it reaches the skip link
// first, every other link and disclosure after, always visibly, and Enter opens
// and closes a release.
func (b *browser) wantKeyboard() {
	b.t.Helper()
	const state = `(() => { const e = document.activeElement; return {tag: e.tagName, class: e.className, outline: getComputedStyle(e).outlineStyle} })()`
	type focused struct{ Tag, Class, Outline string }
	var want int
	b.eval(`document.querySelectorAll("summary, a").length`, &want)
	reached := 0
	for i := range 200 {
		b.press("Tab", "", 9)
		var f focused
		b.eval(state, &f)
		if f.Tag == "BODY" || i > 0 && f.Class == "skip" { // once around
			break
		}
		if i == 0 && f.Class != "skip" {
			b.t.Errorf("the first stop is %v, want the skip link", f)
		}
		if f.Outline == "none" {
			b.t.Errorf("focus cannot be seen on %v", f)
		}
		if f.Tag == "SUMMARY" || f.Tag == "A" {
			reached++
		}
	}
	if reached != want {
		b.t.Errorf("the keyboard reaches %d of %d links and disclosures", reached, want)
	}
	var releases int
	b.eval(`document.querySelectorAll(".release").length`, &releases)
	if releases == 0 {
		return
	}
	b.eval(`document.querySelector(".release summary").focus()`, nil)
	for _, want := range []bool{true, false} {
		b.press("Enter", "\r", 13)
		var open bool
		if b.eval(`document.querySelector(".release").open`, &open); open != want {
			b.t.Errorf("Enter leaves the release open: %v, want %v", open, want)
		}
	}
}

// wantWidth holds the page to a window's width, with everything disclosed.
func (b *browser) wantWidth(width int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", params{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
	var got int
	b.eval(`document.querySelectorAll("details").forEach(d => d.open = true), document.documentElement.scrollWidth`, &got)
	if got > width {
		b.t.Errorf("the page is %d wide in a window of %d", got, width)
	}
}

func (b *browser) wantAccessible(scheme string) {
	b.t.Helper()
	var violations []struct {
		ID, Impact string
		Nodes      []string
	}
	b.eval(`axe.run().then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Nodes: v.nodes.map(n => n.html.slice(0, 200) + " " + n.failureSummary)})))`, &violations)
	for _, v := range violations {
		b.t.Errorf("%s: axe finds %s (%s) in %d places: %s", scheme, v.ID, v.Impact, len(v.Nodes), v.Nodes[0])
	}
}

// wantPrinted holds that paper shows what a screen shows on demand.
func (b *browser) wantPrinted() {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", params{"media": "print"}, nil)
	defer b.call("Emulation.setEmulatedMedia", params{"media": ""}, nil)
	var seen bool
	b.eval(`document.querySelectorAll("details").forEach(d => d.open = false),
		[...document.querySelectorAll(".assets li")].every(e => e.getBoundingClientRect().height > 0 && e.checkVisibility({contentVisibilityAuto: true}))`, &seen)
	if !seen {
		b.t.Error("assets cannot be seen on paper")
	}
	var pdf struct{ Data []byte }
	if b.call("Page.printToPDF", nil, &pdf); !strings.HasPrefix(string(pdf.Data), "%PDF-") {
		b.t.Errorf("printed %.20q", pdf.Data)
	}
}

// wantQuiet holds that the page asked for nothing but itself, and that the
// browser had nothing to say of it.
func (b *browser) wantQuiet(path string) {
	b.t.Helper()
	for _, e := range b.events {
		switch e.Method {
		case "Network.requestWillBeSent":
			if url := e.Params.(map[string]any)["request"].(map[string]any)["url"]; url != "file://"+path {
				b.t.Errorf("the page asks for %v", url)
			}
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening":
			b.t.Errorf("%s: %s", e.Method, fmt.Sprint(e.Params))
		}
	}
}

func (b *browser) keepPicture(file string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", params{"width": 900, "height": 840, "deviceScaleFactor": 1, "mobile": false}, nil)
	var picture struct{ Data string }
	b.call("Page.captureScreenshot", params{"format": "png"}, &picture)
	data, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
