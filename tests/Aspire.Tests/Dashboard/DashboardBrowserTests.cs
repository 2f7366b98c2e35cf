using Microsoft.Playwright;

namespace ModelOps.Aspire.Tests.Dashboard;

/// <summary>The page as somebody sees and uses it.</summary>
public sealed class DashboardBrowserTests : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task Resources_and_live_logs_are_seen_and_commands_obeyed()
    {
        await using var app = await DashboardApplication.StartAsync();
        var page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var errors = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") { errors.Add(message.Text); } };
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync(app.Login.ToString());
        await Assertions.Expect(page).ToHaveURLAsync(app.Root.ToString(), new() { Timeout = 30_000 }); // asked again and again: the move may be over already
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("1 of 2 healthy");
        await Assertions.Expect(Row(page, "broken")).ToContainTextAsync("no-such-program");
        await Assertions.Expect(Row(page, "talker")).ToContainTextAsync("http localhost:");

        await page.GetByRole(AriaRole.Button, new() { Name = "talker", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#lines")).ToContainTextAsync("hello <b>page</b>");
        var before = await page.Locator("#lines li").CountAsync();
        await Assertions.Expect(page.Locator("#lines li").Nth(before + 3)).ToContainTextAsync("tick");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "dashboard.png") });

        await page.GetByRole(AriaRole.Tab, new() { Name = "Environment" }).ClickAsync();
        await Assertions.Expect(page.Locator("#variables")).ToContainTextAsync("visible");
        Assert.DoesNotContain(DashboardApplication.Secret, await page.ContentAsync(), StringComparison.Ordinal);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "dashboard-environment.png") });

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop talker", Exact = true }).ClickAsync();
        await Assertions.Expect(Row(page, "talker")).ToContainTextAsync("Stopped");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start talker", Exact = true }).ClickAsync();
        await Assertions.Expect(Row(page, "talker")).ToContainTextAsync("Running");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Without_the_link_the_page_says_where_it_is_found()
    {
        await using var app = await DashboardApplication.StartAsync();
        var page = await _browser.NewPageAsync();

        await page.GotoAsync(app.Root.ToString());

        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Login to the dashboard at");
    }

    private static ILocator Row(IPage page, string id) => page.Locator($"tr[data-id={id}]");
}
