package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what an administrator watches. None carries personal data.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	received prometheus.Counter
	failures *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jikim_request_seconds", Help: "Time to answer, by route and status.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60, 600},
		}, []string{"method", "route", "status"}),
		received: prometheus.NewCounter(prometheus.CounterOpts{Name: "jikim_received_bytes_total", Help: "Bytes of request bodies announced."}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jikim_job_failures_total", Help: "Background jobs that failed, by job."}, []string{"job"}),
	}
	m.registry.MustRegister(m.requests, m.received, m.failures, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) jobFailed(name string) { m.failures.WithLabelValues(name).Inc() }

func (m *metrics) middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		started := time.Now()
		err := next(c)
		status := c.Response().Status
		if err != nil && !c.Response().Committed {
			status = http.StatusInternalServerError
		}
		route := c.Path()
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(methodLabel(c.Request().Method), route, strconv.Itoa(status)).Observe(time.Since(started).Seconds())
		m.received.Add(float64(max(0, c.Request().ContentLength)))
		return err
	}
}

// methodLabel keeps words that anybody can make up out of the metrics: each
// would be a series for ever.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// operations is the address of its own, for administrators only.
func (s *service) operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// mountOperations answers the same on the main address, but only to this
// machine itself and not through a proxy on it.
func (s *service) mountOperations(e *echo.Echo) {
	ops := s.operations()
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		e.GET(path, func(c echo.Context) error {
			r := c.Request()
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
			if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() || forwarded {
				return echo.ErrNotFound
			}
			ops.ServeHTTP(c.Response(), r)
			return nil
		})
	}
}

// healthy: the program runs.
func (s *service) healthy(w http.ResponseWriter, _ *http.Request) {
	answerPlain(w, http.StatusOK, "ok")
}

// ready: the program can take footage in: the database answers and the vault
// can be reached.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.db.Ping(r.Context()); err != nil {
		answerPlain(w, http.StatusServiceUnavailable, "database away")
		return
	}
	if ready, ok := s.vault.(interface{ Ready(context.Context) error }); ok {
		if err := ready.Ready(r.Context()); err != nil {
			answerPlain(w, http.StatusServiceUnavailable, "vault away")
			return
		}
	}
	answerPlain(w, http.StatusOK, "ready")
}

func answerPlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // whoever asked has gone
}
