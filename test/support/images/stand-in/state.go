// What the database's stand-in knows of SQL: the statements of the Jobs around backups, answered from a small state that every node keeps.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

type schedule struct {
	ID       int64
	Label    string
	Location string
	Paused   bool
}

type state struct {
	Version int
	Tables  []string
	// Dropped tells that the database defaultdb is gone.
	Dropped   bool
	Comment   string
	Schedules []schedule
	// Restored holds the places of restores that ended well.
	Restored []string
}

// backup is what lies at a location: an object store is a web server here, as http:// locations of the real database are.
type backup struct {
	EndTime time.Time
	Tables  []string
}

type statement struct {
	pattern *regexp.Regexp
	// run answers with rows, of one column; it changes the state it is given, or says why not.
	run func(*state, []string) ([]string, error)
}

const literal = `'((?:[^']|'')*)'`

var statements = []statement{
	{regexp.MustCompile(`^SELECT 1;$`), func(*state, []string) ([]string, error) { return []string{"1"}, nil }},
	{regexp.MustCompile(`^SELECT id FROM \[SHOW SCHEDULES FOR BACKUP\] WHERE label = ` + literal), findSchedules},
	{regexp.MustCompile(`^CREATE SCHEDULE IF NOT EXISTS ` + literal + ` FOR BACKUP INTO ` + literal + `(.*);$`), createSchedule},
	{regexp.MustCompile(`^ALTER BACKUP SCHEDULE (\d+) SET INTO ` + literal), alterSchedule},
	{regexp.MustCompile(`^(RESUME|PAUSE) SCHEDULES SELECT id FROM .* WHERE label = ` + literal), pauseSchedules},
	{regexp.MustCompile(`^SELECT coalesce\(max\(end_time\)::TIMESTAMPTZ > now\(\) - INTERVAL '(\d+) seconds', false\) FROM \[SHOW BACKUP FROM LATEST IN ` + literal), isFresh},
	{regexp.MustCompile(`^SHOW JOBS WHEN COMPLETE `), func(*state, []string) ([]string, error) { return nil, nil }},
	{regexp.MustCompile(`^SELECT count\(\*\) FROM "".crdb_internal.tables `), func(s *state, _ []string) ([]string, error) {
		return []string{strconv.Itoa(len(s.Tables))}, nil
	}},
	{regexp.MustCompile(`^SELECT \(SELECT count\(\*\) FROM \[SHOW DATABASES WITH COMMENT\] WHERE comment = ` + literal + `\).* strpos\(description, ` + literal + `\) > 0 `), countRestores},
	{regexp.MustCompile(`^CREATE DATABASE IF NOT EXISTS defaultdb;$`), func(s *state, _ []string) ([]string, error) {
		s.Dropped = false
		return nil, nil
	}},
	{regexp.MustCompile(`^COMMENT ON DATABASE defaultdb IS ` + literal), func(s *state, words []string) ([]string, error) {
		if s.Dropped {
			return nil, errors.New(`database "defaultdb" does not exist`)
		}
		s.Comment = words[1]
		return nil, nil
	}},
	{regexp.MustCompile(`^RESTORE FROM LATEST IN ` + literal + `;$`), restore},
	{regexp.MustCompile(`^CREATE TABLE (\w+);$`), func(s *state, words []string) ([]string, error) {
		if !slices.Contains(s.Tables, words[1]) {
			s.Tables = append(s.Tables, words[1])
		}
		return nil, nil
	}},
}

func findSchedules(s *state, words []string) ([]string, error) {
	var rows []string
	for _, one := range s.Schedules {
		if one.Label == words[1] {
			rows = append(rows, strconv.FormatInt(one.ID, 10))
		}
	}
	return rows, nil
}

func createSchedule(s *state, words []string) ([]string, error) {
	label, location := words[1], words[2]
	if slices.ContainsFunc(s.Schedules, func(one schedule) bool { return one.Label == label }) {
		return nil, nil
	}
	s.Schedules = append(s.Schedules, schedule{ID: int64(len(s.Schedules) + 1), Label: label, Location: location})
	if strings.Contains(words[3], "first_run = 'now'") {
		return nil, write(location, backup{EndTime: time.Now(), Tables: s.Tables})
	}
	return nil, nil
}

func alterSchedule(s *state, words []string) ([]string, error) {
	for index := range s.Schedules {
		if strconv.FormatInt(s.Schedules[index].ID, 10) == words[1] {
			s.Schedules[index].Location = words[2]
			return nil, nil
		}
	}
	return nil, errors.New("schedule " + words[1] + " does not exist")
}

func pauseSchedules(s *state, words []string) ([]string, error) {
	for index := range s.Schedules {
		if s.Schedules[index].Label == words[2] {
			s.Schedules[index].Paused = words[1] == "PAUSE"
		}
	}
	return nil, nil
}

func isFresh(_ *state, words []string) ([]string, error) {
	found, err := read(words[2])
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.Atoi(words[1])
	fresh := time.Since(found.EndTime) < time.Duration(seconds)*time.Second
	return []string{strconv.FormatBool(fresh)[:1]}, err
}

func countRestores(s *state, words []string) ([]string, error) {
	count := 0
	if s.Comment == words[1] {
		count++
	}
	for _, place := range s.Restored {
		if strings.Contains(place, words[2]) {
			count++
		}
	}
	return []string{strconv.Itoa(count)}, nil
}

func restore(s *state, words []string) ([]string, error) {
	if len(s.Tables) > 0 {
		return nil, errors.New("full cluster restore can only be run on a cluster with no tables or databases")
	}
	found, err := read(words[1])
	if err != nil {
		return nil, err
	}
	// As of a cluster where somebody has dropped it.
	s.Dropped = true
	s.Tables, s.Restored = found.Tables, append(s.Restored, words[1])
	return nil, nil
}

var client = http.Client{Timeout: 5 * time.Second}

// place is the file below the location, in front of its parameters.
func place(location string) string {
	path, parameters, found := strings.Cut(location, "?")
	if found {
		parameters = "?" + parameters
	}
	return path + "/latest.json" + parameters
}

func write(location string, content backup) error {
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPut, place(location), bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	return finish(answer, nil)
}

func read(location string) (backup, error) {
	var content backup
	answer, err := client.Get(place(location))
	if err != nil {
		return content, err
	}
	return content, finish(answer, &content)
}

func finish(answer *http.Response, content *backup) error {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s answers %s", answer.Request.URL.Host, answer.Status)
	}
	if content == nil {
		return nil
	}
	return json.Unmarshal(body, content)
}

func (n *node) stateFile() string { return filepath.Join(n.store, "state.json") }

func (n *node) load() (state, error) {
	var s state
	text, err := os.ReadFile(n.stateFile())
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, err
}

func (n *node) save(s state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(n.stateFile(), text, 0o644)
}

// run answers a statement that is known, and hands what it changed to the other nodes: the state with the higher version counts.
func (n *node) run(text string) (rows []string, known bool, err error) {
	n.turn.Lock()
	defer n.turn.Unlock()
	for _, one := range statements {
		words := one.pattern.FindStringSubmatch(text)
		if words == nil {
			continue
		}
		for index, word := range words {
			words[index] = strings.ReplaceAll(word, "''", "'")
		}
		s, err := n.load()
		if err != nil {
			return nil, true, err
		}
		before, _ := json.Marshal(s)
		rows, err := one.run(&s, words)
		if err != nil {
			return nil, true, err
		}
		if after, _ := json.Marshal(s); !bytes.Equal(before, after) {
			s.Version++
			return rows, true, n.tell(s)
		}
		return rows, true, nil
	}
	return nil, false, nil
}

func (n *node) tell(s state) error {
	if err := n.save(s); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	for _, peer := range n.peers {
		if n.own != "" && strings.HasPrefix(peer, n.own+":") {
			continue
		}
		if answer, err := ask(peer, n.security, "STATE "+encode(string(text))); err == nil && answer != "ok" {
			return errors.New(answer)
		}
	}
	return nil
}

// take keeps what another node told.
func (n *node) take(encoded string) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	text, err := decode(encoded)
	if err != nil {
		return err
	}
	var told state
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		return err
	}
	own, err := n.load()
	if err != nil || told.Version <= own.Version {
		return err
	}
	return n.save(told)
}
