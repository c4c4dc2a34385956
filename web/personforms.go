package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"jikim/web/access"
)

// Adding a person and changing what one may do both go the same way: a form, a
// page that says in words what the role can do, then the act.

type postBody struct {
	Form        form
	Name        string // of whom is changed; "" = somebody new
	Display     string
	Roles       []roleOffer
	Departments []choice
	Action      string // where the form goes
	Back        string
}

// roleOffer is a role to choose, with what it can do.
type roleOffer struct {
	Role      access.Role
	Abilities []abilityLine
	Chosen    bool
}

func roleOffers(f form) (offers []roleOffer) {
	for _, r := range access.Roles() {
		offers = append(offers, roleOffer{r, abilityLines(r, "x"), f.Is("role", string(r))})
	}
	return offers
}

var postFields = []string{"name", "display", "role", "department"}

type postCheckBody struct {
	postBody
	Role           access.Role
	DepartmentName string
	WasRole        access.Role // "" = somebody new
	WasDepartment  string
	Abilities      []abilityLine
	Gains, Losses  []abilityLine // of who is changed
	Keeps          []abilityLine
	Moves          bool // what they keep is from now on about another department
}

func (s *site) showNewPerson(c echo.Context) error {
	return s.showPost(c, http.StatusOK, postBody{Form: form{values: url.Values{}}})
}

// showPost shows the form for a new person or, with a Name, for one there is.
func (s *site) showPost(c echo.Context, status int, b postBody) error {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	b.Departments, b.Roles = names(registry).departments(""), roleOffers(b.Form)
	title := "사용자 추가"
	b.Action, b.Back = "/people", "/people"
	if b.Name != "" {
		title, b.Back = "역할·부서 변경", personAddress(b.Name)
		b.Action = b.Back + "/post"
	}
	return s.show(c, status, "person-post", title, b)
}

// addPerson shows what the role can do, then, when that was seen, adds the
// person and shows the password, once.
func (s *site) addPerson(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	a := access.Account{
		Name: f.Value("name"), Display: f.Value("display"), Role: access.Role(f.Value("role")), Department: f.Value("department"), MustChange: true,
	}
	ctx := c.Request().Context()
	if f.Is("step", "edit") {
		return s.showPost(c, http.StatusOK, postBody{Form: f})
	}
	if err := s.Gate.CheckAccount(ctx, a); err != nil || !f.Is("step", "save") {
		return s.checkPost(c, postBody{Form: f}, access.Account{}, a, err)
	}
	password, err := s.Gate.NewPassword()
	if err != nil {
		return err
	}
	if err := s.Gate.AddAccount(ctx, who(c).Actor(), a, password); err != nil {
		return s.checkPost(c, postBody{Form: f}, access.Account{}, a, err)
	}
	return s.show(c, http.StatusOK, "secret", "사용자를 추가했습니다", secretBody{
		Sentence: "사용자를 추가했습니다. 이 비밀번호를 본인에게 직접 알려 주세요. 처음 로그인하면 새 비밀번호로 바꾸게 됩니다.",
		What:     "로그인 이름과 임시 비밀번호", Name: access.CleanName(a.Name), Secret: password,
		Back: personAddress(access.CleanName(a.Name)), BackText: "사용자 화면으로",
	})
}

// checkPost answers a form about what somebody may do: with the mistake in it,
// or with what it would do, in words.
func (s *site) checkPost(c echo.Context, b postBody, was, now access.Account, refusal error) error {
	if refusal != nil {
		status, ok := b.Form.explain(refusal, postFields...)
		if !ok {
			return refusal
		}
		return s.showPost(c, status, b)
	}
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	n := names(registry)
	check := postCheckBody{
		postBody: b, Role: now.Role, DepartmentName: n.department(now.Department), Abilities: abilityLines(now.Role, now.Department),
	}
	check.Action, check.Back = "/people", "/people"
	title := "이 역할로 할 수 있는 일"
	if b.Name != "" {
		check.Back = personAddress(b.Name)
		check.Action = check.Back + "/post"
		had := abilityLines(was.Role, was.Department)
		check.WasRole, check.WasDepartment = was.Role, n.department(was.Department)
		check.Gains, check.Losses = besides(check.Abilities, had), besides(had, check.Abilities)
		check.Keeps = besides(check.Abilities, check.Gains)
		check.Moves = was.Department != now.Department
	}
	return s.show(c, http.StatusOK, "person-check", title, check)
}

// besides is what of all is not among some.
func besides(all, some []abilityLine) []abilityLine {
	return slices.DeleteFunc(slices.Clone(all), func(a abilityLine) bool { return slices.Contains(some, a) })
}

func (s *site) showPersonPost(c echo.Context) error {
	a, _, err := s.person(c)
	if err != nil {
		return err
	}
	f := form{values: url.Values{"display": {a.Display}, "role": {string(a.Role)}, "department": {a.Department}}}
	return s.showPost(c, http.StatusOK, postBody{Form: f, Name: a.Name, Display: a.Display})
}

func (s *site) changePost(c echo.Context) error {
	was, _, err := s.person(c)
	if err != nil {
		return err
	}
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	b := postBody{Form: f, Name: was.Name, Display: was.Display}
	now := access.Account{Name: was.Name, Display: f.Value("display"), Role: access.Role(f.Value("role")), Department: f.Value("department")}
	ctx, w := c.Request().Context(), who(c)
	if f.Is("step", "edit") {
		return s.showPost(c, http.StatusOK, b)
	}
	if err := s.Gate.CheckPost(ctx, w.Actor(), now); err != nil || !f.Is("step", "save") {
		return s.checkPost(c, b, was, now, err)
	}
	if err := s.Gate.Reassign(ctx, w.Actor(), was.Name, now.Role, now.Department, now.Display); err != nil {
		return s.checkPost(c, b, was, now, err)
	}
	return s.done(c, personAddress(was.Name), "바꾸었습니다. 본인이 로그인해 있으면 바로 적용됩니다.")
}

type secretBody struct {
	Sentence string
	What     string // that the secret is
	Name     string // whose; shown beside it
	Secret   string
	Back     string
	BackText string
}
