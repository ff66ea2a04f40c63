package sandboxtest

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Fault answers a request in the service's place, or spoils the service's answer.
type Fault func(w http.ResponseWriter, r *http.Request, service http.Handler)

// Status answers with an error and never asks the service. A retryAfter is sent
// along where there is one.
func Status(code int, retryAfter string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		http.Error(w, http.StatusText(code), code)
	}
}

// LoseAnswer lets the service do its work and resets the connection before its
// client hears of it.
func LoseAnswer(w http.ResponseWriter, r *http.Request, service http.Handler) {
	service.ServeHTTP(httptest.NewRecorder(), r)
	reset(w, nil)
}

// ResetHalfway resets the connection in the middle of the service's answer.
func ResetHalfway(w http.ResponseWriter, r *http.Request, service http.Handler) {
	head, body := answerOf(r, service, 0)
	reset(w, append(head, body[:len(body)/2]...))
}

// PromiseMore announces a longer answer than there is, and closes.
func PromiseMore(w http.ResponseWriter, r *http.Request, service http.Handler) {
	head, body := answerOf(r, service, 100)
	hang(w, append(head, body...))
}

// PromiseLess announces a shorter answer than there is: what a client reads of it
// is whole to HTTP, and broken off to its parser.
func PromiseLess(w http.ResponseWriter, r *http.Request, service http.Handler) {
	head, body := answerOf(r, service, -10)
	hang(w, append(head, body...))
}

// Drip sends the service's answer in so many pieces, with a pause after each.
func Drip(pieces int, pause time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, service http.Handler) {
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		body := answer.Body.Bytes()
		size := max(1, len(body)/pieces)
		for len(body) > 0 {
			n := min(size, len(body))
			if _, err := w.Write(body[:n]); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			body = body[n:]
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// HoldAnswer lets the service do its work, tells arrived, and keeps the answer.
func HoldAnswer(arrived chan<- struct{}) Fault {
	return func(w http.ResponseWriter, r *http.Request, service http.Handler) {
		service.ServeHTTP(httptest.NewRecorder(), r)
		Hold(arrived)(w, r, service)
	}
}

// Meanwhile does something else before the service is asked as ever.
func Meanwhile(do func()) Fault {
	return func(w http.ResponseWriter, r *http.Request, service http.Handler) {
		do()
		service.ServeHTTP(w, r)
	}
}

// Hold tells arrived of the request, and answers it never.
func Hold(arrived chan<- struct{}) Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		select {
		case arrived <- struct{}{}:
		default:
		}
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// First meets the first n requests.
func First(n int) func(int) bool { return func(i int) bool { return i <= n } }

// From meets the nth request and all after it.
func From(n int) func(int) bool { return func(i int) bool { return i >= n } }

// Nth meets the nth request alone.
func Nth(n int) func(int) bool { return func(i int) bool { return i == n } }

// For meets the first request and all others until a time has passed.
func For(d time.Duration) func(int) bool {
	end := sync.OnceValue(func() time.Time { return time.Now().Add(d) })
	return func(int) bool { return time.Now().Before(end()) }
}

// answerOf is the service's answer as it would go over the wire, with a length
// that is off by so much.
func answerOf(r *http.Request, service http.Handler, off int) (head, body []byte) {
	answer := httptest.NewRecorder()
	service.ServeHTTP(answer, r)
	body = answer.Body.Bytes()
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 " + strconv.Itoa(answer.Code) + " " + http.StatusText(answer.Code) + "\r\n")
	answer.Header().Del("Transfer-Encoding")
	answer.Header().Set("Connection", "close")
	answer.Header().Set("Content-Length", strconv.Itoa(max(0, len(body)+off)))
	_ = answer.Header().Write(&b)
	b.WriteString("\r\n")
	return b.Bytes(), body
}

// reset writes and then resets the connection, as a dying server does.
func reset(w http.ResponseWriter, data []byte) {
	conn := take(w)
	defer conn.Close()
	_, _ = conn.Write(data)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// hang writes and hangs up.
func hang(w http.ResponseWriter, data []byte) {
	conn := take(w)
	defer conn.Close()
	_, _ = conn.Write(data)
}

// take takes the connection off the server.
func take(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}
