document.body.textContent="panel "+location.href;
